// SPDX-License-Identifier: BSD-3-Clause

import { size } from "@knem/figures";
import type { BenchDocument, Call, Method } from "./document.js";
import { allocationsOfCopies } from "./profile/query.js";
import { callOf, perPage, ratio, resultOf } from "./query.js";

/** A figure that the module is to reach, beside those of the original KNEM in C and of cross-memory attach. */
export interface Goal {
  readonly what: string;
  /** As it was measured on the same kernel, in the same way. */
  readonly original: string;
  /** Of this document: what process_vm_readv takes, or what pinning alone takes, which nobody can do without. */
  readonly other?: (document: BenchDocument) => number | undefined;
  readonly limit: number;
  /** The row of `ownerSheet` that shows where the instructions go. */
  readonly seen?: string;
  readonly value: (document: BenchDocument) => number | undefined;
}

const count = (document: BenchDocument, call: Call, bytes = 0, pages: "small" | "huge" = "small") =>
  callOf(document, "qemu", call, bytes, pages)?.instructions ?? undefined;

const sum = (...values: (number | undefined)[]) =>
  values.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b));

const eight = (method: Method) => (document: BenchDocument) =>
  resultOf(document, { bed: "qemu", method, bytes: 8 })?.instructions ?? undefined;

const [page, mebibyte] = [4096, 1 << 20] as const;

/** Instructions on the stock kernel: at most so many. */
export const instructionGoals: readonly Goal[] = [
  {
    what: "GET_INFO",
    original: "698",
    limit: 600,
    seen: "get-info",
    value: (document) => count(document, "get-info"),
  },
  {
    what: "create and destroy a region of one page",
    original: "3857",
    limit: 2800,
    seen: "create-destroy, 4 KiB",
    value: (document) => count(document, "create-destroy", page),
  },
  {
    what: "what is left to do after that",
    original: "≈ 1725",
    limit: 500,
    value: (document) => count(document, "deferred", page),
  },
  {
    what: "create a region of 256 small pages",
    original: "51200",
    other: (document) => count(document, "pin", mebibyte),
    limit: 40000,
    seen: "create, 1 MiB",
    value: (document) => count(document, "create", mebibyte),
  },
  {
    what: "create and destroy 2 MiB in one huge page, all told",
    original: "≈ 30000",
    limit: 9000,
    seen: "create-destroy, 2 MiB, huge",
    value: (document) =>
      sum(
        count(document, "create-destroy", 2 * mebibyte, "huge"),
        count(document, "deferred", 2 * mebibyte, "huge"),
      ),
  },
  {
    what: "copy of 8 bytes from a region",
    original: "2171",
    other: eight("process_vm_readv"),
    limit: 1500,
    seen: "inline-copy, 8 B",
    value: eight("inline-copy"),
  },
  {
    what: "every 4 KiB beyond the copying itself, small pages",
    original: "229",
    other: (document) => perPage(document, "process_vm_readv", "small"),
    limit: 140,
    seen: "inline-copy, every 4 KiB more, small",
    value: (document) => perPage(document, "inline-copy", "small"),
  },
  {
    what: "every 4 KiB beyond the copying itself, huge pages",
    original: "254",
    other: (document) => perPage(document, "process_vm_readv", "huge"),
    limit: 5,
    seen: "inline-copy, every 4 KiB more, huge",
    value: (document) => perPage(document, "inline-copy", "huge"),
  },
  {
    what: "heap allocations in a synchronous copy of at most 8 segments",
    original: "1–3",
    limit: 0,
    value: allocationsOfCopies,
  },
];

/** How many times as fast as process_vm_readv, on one CPU at native speed: at least so many. */
export const speedGoals: readonly Goal[] = [
  ...faster("inline-copy", "copy from a region", 1.15, ["1.10", "1.12", "1.14", "1.11"]),
  ...faster("region-copy", "region to region", 1.25, ["1.16", "1.21", "1.24", "1.12"]),
  ...faster("create-copy-destroy", "create, copy, destroy", 1, ["", "0.88", "0.99", ""]),
];

/** How much faster two readers are together than one, each on a CPU of its own: at least so many times. */
export const readerGoals: readonly Goal[] = [
  {
    what: "2 readers of one region against 1",
    original: "1.9–2.0",
    other: (document) => together(document, "process_vm_readv"),
    limit: 1.9,
    value: (document) => together(document, "inline-copy"),
  },
];

function faster(method: Method, name: string, limit: number, originals: readonly string[]): Goal[] {
  return [1 << 18, 1 << 20, 1 << 22, 1 << 24].flatMap((bytes, index) => {
    const original = originals[index];
    if (!original) return [];
    const value = (document: BenchDocument) =>
      ratio(
        document,
        { bed: "uml", method, bytes },
        { bed: "uml", method: "process_vm_readv", bytes },
      );
    return [{ what: `${name}, ${size(bytes)}`, original, limit, value }];
  });
}

/** Of 1 MiB, in small pages. */
function together(document: BenchDocument, method: Method): number | undefined {
  const one = { bed: "qemu", method, bytes: mebibyte } as const;
  return ratio(document, { ...one, readers: 2 }, one);
}
