// SPDX-License-Identifier: BSD-3-Clause
import type { Routine } from "./symbols.js";

/**
 * Whose an instruction is. `kernel entry` is the way from user space to the module and back, which every call takes:
 * system call, file, security hooks. `kernel` is what the module has the kernel do; page pinning, allocation and
 * copying are parts of that, each with all that it calls.
 */
export const owners = [
  "user space",
  "kernel entry",
  "kernel",
  "allocation",
  "page pinning",
  "copying",
  "module",
] as const;
export type Owner = (typeof owners)[number];

const taking = "(__)?(kmalloc|kvmalloc|krealloc|kvrealloc|kmem_cache_alloc|vmalloc|alloc_pages)";

/** The functions that begin such a part. */
const parts: readonly (readonly [Owner, RegExp])[] = [
  ["page pinning", /^(pin_user_pages|unpin_user_|(__)?account_locked_vm)/],
  ["allocation", new RegExp(`^(${taking}|(__)?(kfree|kvfree|vfree|kmem_cache_free))`)],
  [
    "copying",
    /^(_copy_(from|to)_(user|iter)|copy_page_(from|to)_iter|rep_movs|(__)?mem(cpy|move))/,
  ],
];

/** What compilers and the kernel put in place of a jump or a return: a part of whoever jumps. */
const thunk = /^(__pi_)?(__x86_(indirect|return)_|srso_|retbleed_|its_return)/;

/** Where the kernel's own copies between processes begin, as a module's code does. */
const attach = /^process_vm_rw/;

/** Whose a function's instructions are; `caller` is whose those are that it was called from. */
export function ownerOf(routine: Routine | undefined, caller: Owner, module: string): Owner {
  if (!routine) return "user space";
  if (thunk.test(routine.name) || parts.some(([part]) => part === caller)) return caller;
  if (routine.module === module) return "module";
  const inside = caller === "module" || caller === "kernel" || attach.test(routine.name);
  if (!inside) return "kernel entry";
  return parts.find(([, pattern]) => pattern.test(routine.name))?.[0] ?? "kernel";
}

const allocator = new RegExp(`^${taking}`);

/** Whether a function takes memory from the heap. */
export const allocates = ({ name }: Routine): boolean => allocator.test(name);
