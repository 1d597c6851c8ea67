// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { fold } from "../../src/profile/fold.js";
import { byOwner } from "../../src/profile/query.js";
import { Symbols } from "../../src/profile/symbols.js";
import { calls } from "../../src/profile/trace.js";
import { kernel, marks, place, recorded } from "./recorded.js";

describe("fold", () => {
  it("tells whose the instructions of a recorded GET_INFO are", async () => {
    const [path = []] = await calls(recorded("get-info.trace"), marks);
    const symbols = Symbols.parse(await readFile(recorded("get-info.kallsyms"), "utf8"));
    const { functions, allocations } = fold(path, symbols);
    expect(allocations).toBe(0);
    expect(byOwner(functions)).toEqual({
      "user space": 16,
      "kernel entry": 583,
      kernel: 0,
      allocation: 0,
      "page pinning": 0,
      copying: 0,
      module: 80,
    });
    const named = (name: string) => functions.find((one) => one.name === name);
    expect(named("do_syscall_64")).toMatchObject({ calls: 1, instructions: 84 });
    expect(named("knem_write_words")).toMatchObject({ owner: "module", instructions: 24 });
    expect(functions[0]).toBe(named("do_syscall_64"));
  });

  const names = [
    ...["entry_SYSCALL_64", "knem:ioctl", "pin_user_pages_fast", "folio_get", "__kmalloc_noprof"],
    ...["kmem_cache_alloc_noprof", "__x86_indirect_thunk_rax", "memmove", "process_vm_rw"],
  ];
  const symbols = Symbols.parse(kernel(...names));
  const [entry, ioctl, pin, get, kmalloc, cache, thunk, move, attach] = names.map(
    (_, index) => index,
  ) as [number, number, number, number, number, number, number, number, number];
  const user = "00007f0000000000";
  const folded = (...path: readonly string[]) => {
    const { functions, allocations } = fold([user, ...path], symbols);
    const shown = functions.map(
      ({ name, owner, calls, instructions }) => `${name}, ${owner}: ${calls}/${instructions}`,
    );
    return { functions: new Set(shown), allocations };
  };

  it("counts a function with whom it works for", () => {
    const path = [
      ...[place(entry), place(ioctl), place(get), place(ioctl, 4)],
      ...[place(pin), place(get), place(get, 4), place(pin, 4), place(ioctl, 8)],
      ...[place(entry, 4), place(get), place(entry, 8), user],
    ];
    expect(folded(...path).functions).toEqual(
      new Set([
        "user space, user space: 0/2",
        "entry_SYSCALL_64, kernel entry: 1/3",
        "ioctl, module: 1/3",
        "pin_user_pages_fast, page pinning: 1/2",
        "folio_get, page pinning: 1/2",
        "folio_get, kernel: 1/1",
        "folio_get, kernel entry: 1/1",
      ]),
    );
  });

  it("does not lose its way over jumps from function to function", () => {
    // ioctl calls pin through a thunk; pin ends by jumping to folio_get, which returns to ioctl.
    const path = [
      ...[place(entry), place(ioctl), place(thunk), place(pin), place(get), place(ioctl, 4)],
      ...[place(get, 4), place(entry, 4)],
    ];
    expect(folded(...path).functions).toEqual(
      new Set([
        "user space, user space: 0/1",
        "entry_SYSCALL_64, kernel entry: 1/2",
        "ioctl, module: 1/2",
        "__x86_indirect_thunk_rax, module: 1/1",
        "pin_user_pages_fast, page pinning: 1/1",
        "folio_get, page pinning: 1/1",
        // Entered elsewhere than at its begin, as the cold part of another function is.
        "folio_get, kernel: 0/1",
      ]),
    );
  });

  it("takes a loop over a function's first instruction for no call", () => {
    const path = [place(entry), place(ioctl), place(move), place(move), place(move)];
    expect(folded(...path).functions).toContain("memmove, copying: 1/3");
  });

  it("counts allocations, those within another one not", () => {
    const once = [place(ioctl), place(kmalloc), place(cache), place(kmalloc, 4), place(ioctl, 4)];
    const path = [place(entry), ...once, place(kmalloc), place(ioctl, 8), place(entry, 4)];
    const { functions, allocations } = folded(...path);
    expect(allocations).toBe(2);
    expect(functions).toContain("kmem_cache_alloc_noprof, allocation: 1/1");
    expect(folded(place(entry), place(ioctl), place(pin)).allocations).toBe(0);
  });

  it("sees the kernel's own copies between processes as it does a module's", () => {
    const path = [place(entry), place(attach), place(get), place(pin), place(get)];
    expect(folded(...path).functions).toContain("folio_get, kernel: 1/1");
    expect(folded(...path).functions).toContain("folio_get, page pinning: 1/1");
  });
});
