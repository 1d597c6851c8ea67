// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/kernels";

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
 * Calls that move no bytes. `create-destroy` is both in turn; `deferred` is what the kernel does after a destroy; `pin`
 * and `unpin` are calls of a module that does nothing else.
 */
export const calls = [
  "getppid",
  "get-info",
  "copy-nothing",
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

/** Copies of one size by one method. */
export interface Result {
  readonly bed: Bed;
  readonly method: Method;
  readonly bytes: number;
  readonly pages: Pages;
  /** How many processes copied at once, each all of it. */
  readonly readers: number;
  /**
   * Bytes per second in the best round, of all readers together. Where a copy was only counted, a second is 10^9
   * instructions.
   */
  readonly best: number;
  /** Bytes per second in the middle one of all rounds. */
  readonly median: number;
  /** Of one copy, in the round that took fewest; null where they were not counted. */
  readonly instructions: number | null;
}

/** A call and the memory that it was about. */
export interface CallCost {
  readonly bed: Bed;
  readonly call: Call;
  /** Of the region; 0 for calls about none. */
  readonly bytes: number;
  readonly pages: Pages;
  /** Seconds in the best round. */
  readonly best: number;
  readonly median: number;
  readonly instructions: number | null;
}

/** Everything that one `pnpm bench` measured. It exists only if the bytes of every round were right. */
export interface BenchDocument {
  readonly format: 1;
  /** What `uname -r` said in each bed. */
  readonly kernels: Readonly<Partial<Record<Bed, string>>>;
  readonly results: readonly Result[];
  readonly calls: readonly CallCost[];
}

/** A document as text, a figure on each line. Reading it gives the same document. */
export function formatDocument({ kernels, results, calls }: BenchDocument): string {
  const lines = (figures: readonly object[]) =>
    figures.map((one) => `\n${JSON.stringify(one)}`).join(",");
  return `{"format":1,"kernels":${JSON.stringify(kernels)},\n"results":[${lines(results)}\n],\n"calls":[${lines(calls)}\n]}\n`;
}

/** Reads a document, and refuses what is none. Errors: BENCH_DOCUMENT_INVALID, which names the first wrong field. */
export function parseDocument(text: string): BenchDocument {
  const top = record(json(text), "the document");
  if (top["format"] !== 1) throw invalid("format", "1", top["format"]);
  const kernels = record(top["kernels"], "kernels");
  return {
    format: 1,
    kernels: Object.fromEntries(
      Object.entries(kernels).map(([bed, release]) => [
        oneOf(beds)(bed, "kernels"),
        string(release, `kernels.${bed}`),
      ]),
    ),
    results: list(top["results"], "results", result),
    calls: list(top["calls"], "calls", callCost),
  };
}

/** What one run of knem-bench printed. Errors: BENCH_DOCUMENT_INVALID, also where bytes were not verified. */
export function parseRun(text: string): Pick<BenchDocument, "results" | "calls"> {
  const top = record(json(text), "the output");
  const verified = (value: unknown, at: string) => {
    const { verified } = record(value, at);
    if (verified !== true) throw invalid(`${at}.verified`, "true", verified);
    return result(value, at);
  };
  return {
    results: list(top["results"], "results", verified),
    calls: list(top["calls"], "calls", callCost),
  };
}

function result(value: unknown, at: string): Result {
  const one = record(value, at);
  return {
    bed: oneOf(beds)(one["bed"], `${at}.bed`),
    method: oneOf(methods)(one["method"], `${at}.method`),
    ...measured(one, at),
    bytes: count(one["bytes"], `${at}.bytes`),
    readers: count(one["readers"], `${at}.readers`),
  };
}

function callCost(value: unknown, at: string): CallCost {
  const one = record(value, at);
  return {
    bed: oneOf(beds)(one["bed"], `${at}.bed`),
    call: oneOf(calls)(one["call"], `${at}.call`),
    ...measured(one, at),
    bytes: number(one["bytes"], `${at}.bytes`),
  };
}

function measured(one: Record<string, unknown>, at: string) {
  const { instructions } = one;
  return {
    pages: oneOf(pageKinds)(one["pages"], `${at}.pages`),
    best: number(one["best"], `${at}.best`),
    median: number(one["median"], `${at}.median`),
    instructions: instructions === null ? null : number(instructions, `${at}.instructions`),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid("the text", "JSON", error instanceof Error ? error.message : error);
  }
}

function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(at, "an object", value);
}

function list<T>(value: unknown, at: string, read: (one: unknown, at: string) => T): T[] {
  if (!Array.isArray(value)) throw invalid(at, "a list", value);
  return value.map((one, index) => read(one, `${at}[${index}]`));
}

function string(value: unknown, at: string): string {
  if (typeof value === "string") return value;
  throw invalid(at, "a string", value);
}

function number(value: unknown, at: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw invalid(at, "a number that is not negative", value);
}

function count(value: unknown, at: string): number {
  if (Number.isInteger(value) && number(value, at) > 0) return number(value, at);
  throw invalid(at, "a whole number above 0", value);
}

function oneOf<T extends string>(values: readonly T[]): (value: unknown, at: string) => T {
  return (value, at) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw invalid(at, `one of ${values.join(", ")}`, value);
  };
}

function invalid(at: string, wanted: string, found: unknown): KnemError {
  return new KnemError({
    code: "BENCH_DOCUMENT_INVALID",
    what: "these are no figures of the benchmarks",
    why: `${at} must be ${wanted}; it is ${JSON.stringify(found) ?? "missing"}`,
    remedy: "give a file that pnpm bench wrote",
  });
}
