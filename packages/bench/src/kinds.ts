// SPDX-License-Identifier: BSD-3-Clause

/** Where a figure was taken: User Mode Linux at native speed, or a stock kernel in QEMU, which counts instructions. */
export const beds = ["uml", "qemu"] as const;
export type Bed = (typeof beds)[number];

/** The ways of a copy, as knem-bench names them. */
export const methods = [
  "memcpy",
  "process_vm_readv",
  "process_vm_writev",
  "shm-double-copy",
  "inline-copy",
  "inline-write",
  "create-copy-destroy",
  "region-copy",
  "vector-copy",
] as const;
export type Method = (typeof methods)[number];

/**
 * Calls that move no bytes. `client-…` is the same by the client of this workspace; `create-destroy` is both in turn; `deferred` is what the kernel does after a destroy; `pin`
 * and `unpin` are calls of a module that does nothing else.
 */
export const calls = [
  "getppid",
  "get-info",
  "copy-nothing",
  "client-info",
  "client-copy-nothing",
  "create",
  "destroy",
  "create-destroy",
  "deferred",
  "pin",
  "unpin",
] as const;
export type Call = (typeof calls)[number];

export const pageKinds = ["small", "huge"] as const;
/** Of what pages the memory is made: 4 KiB, or huge ones. */
export type Pages = (typeof pageKinds)[number];
