// SPDX-License-Identifier: BSD-3-Clause
import type { BenchDocument, CallCost, Result } from "../src/document.js";
import { type Profile, total } from "../src/profile/profile.js";

/** A result, in User Mode Linux unless told. */
export const result = (one: Partial<Result>): Result => ({
  bed: "uml",
  method: "inline-copy",
  bytes: 1 << 20,
  pages: "small",
  readers: 1,
  best: 2e9,
  median: 1e9,
  instructions: null,
  ...one,
});

/** A call, counted in QEMU unless told. */
export const cost = (one: Partial<CallCost>): CallCost => ({
  bed: "qemu",
  call: "get-info",
  bytes: 0,
  pages: "small",
  best: 1e-6,
  median: 2e-6,
  instructions: 600,
  ...one,
});

/** A document with these figures. */
export const document = (
  results: readonly Result[] = [],
  calls: readonly CallCost[] = [],
): BenchDocument => ({
  format: 1,
  kernels: { uml: "7-um", qemu: "7" },
  results,
  calls,
  profiles: [],
  experiments: [],
});

/** Where the instructions of a call go; a hundred unless told. */
export const profile = (one: Partial<Profile>): Profile => {
  const functions: Profile["functions"] = one.functions ?? [
    { name: "do_syscall_64", owner: "kernel entry", calls: 1, instructions: 69.5 },
    { name: "ioctl", owner: "module", calls: 1, instructions: 30 },
    { name: "user space", owner: "user space", calls: 0, instructions: 0.5 },
  ];
  const counted = total({ functions });
  return { call: "get-info", bytes: 0, pages: "small", counted, allocations: 0, ...one, functions };
};
