// SPDX-License-Identifier: BSD-3-Clause
import type { Bed, BenchDocument, Call, CallCost, Method, Pages, Result } from "./document.js";

/** Which copies are meant. */
export interface Copy {
  readonly bed: Bed;
  readonly method: Method;
  readonly bytes: number;
  /** Default small. */
  readonly pages?: Pages;
  /** Default 1. */
  readonly readers?: number;
}

/** What a document says about a copy, if anything. */
export function resultOf(document: BenchDocument, copy: Copy): Result | undefined {
  const { pages = "small", readers = 1 } = copy;
  const wanted = nameOf({ ...copy, pages, readers });
  return document.results.find((one) => nameOf(one) === wanted);
}

/** What a document says about a call, if anything. */
export function callOf(
  document: BenchDocument,
  bed: Bed,
  call: Call,
  bytes = 0,
  pages: Pages = "small",
): CallCost | undefined {
  const wanted = nameOf({ bed, call, bytes, pages });
  return document.calls.find((one) => nameOf(one) === wanted);
}

/** How many times as fast one copy is as another, best with best, or undefined where one was not measured. */
export function ratio(document: BenchDocument, copy: Copy, against: Copy): number | undefined {
  const [one, other] = [resultOf(document, copy), resultOf(document, against)];
  return one && other && other.best > 0 ? one.best / other.best : undefined;
}

/**
 * Instructions for every 4 KiB beyond the copying itself, which is one for every 8 bytes: the difference between
 * 1 MiB and 64 KiB, so that what a call costs once plays no part.
 */
export function perPage(document: BenchDocument, method: Method, pages: Pages): number | undefined {
  const [large, small] = [1 << 20, 1 << 16] as const;
  const count = (bytes: number) =>
    resultOf(document, { bed: "qemu", method, bytes, pages })?.instructions;
  const [most, least] = [count(large), count(small)];
  if (most == null || least == null) return undefined;
  return (most - least) / ((large - small) / 4096) - 4096 / 8;
}

/** What tells one figure from another. */
export function nameOf(
  one:
    | Pick<Result, "bed" | "method" | "bytes" | "pages" | "readers">
    | Pick<CallCost, "bed" | "call" | "bytes" | "pages">,
): string {
  const what = "method" in one ? `${one.method} ${one.readers}` : one.call;
  return [one.bed, what, one.bytes, one.pages].join(" ");
}
