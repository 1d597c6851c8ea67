// SPDX-License-Identifier: BSD-3-Clause
// What a document of figures is read with, field by field. Errors: BENCH_DOCUMENT_INVALID, which says where.
import { KnemError } from "@knem/kernels";

/** Reads JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid("the text", "JSON", error instanceof Error ? error.message : error);
  }
}

/** An object and its members. */
export function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  throw invalid(at, "an object", value);
}

/** A list, each entry read by `read`, which is told where it stands. */
export function list<T>(value: unknown, at: string, read: (one: unknown, at: string) => T): T[] {
  if (!Array.isArray(value)) throw invalid(at, "a list", value);
  return value.map((one, index) => read(one, `${at}[${index}]`));
}

/** A string. */
export function string(value: unknown, at: string): string {
  if (typeof value === "string") return value;
  throw invalid(at, "a string", value);
}

/** A number that is not negative. */
export function number(value: unknown, at: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw invalid(at, "a number that is not negative", value);
}

/** A whole number above 0. */
export function count(value: unknown, at: string): number {
  if (Number.isInteger(value) && number(value, at) > 0) return number(value, at);
  throw invalid(at, "a whole number above 0", value);
}

/** One of these words. */
export function oneOf<T extends string>(values: readonly T[]): (value: unknown, at: string) => T {
  return (value, at) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw invalid(at, `one of ${values.join(", ")}`, value);
  };
}

/** What is wrong, where, and what should be there. */
export function invalid(at: string, wanted: string, found: unknown): KnemError {
  return new KnemError({
    code: "BENCH_DOCUMENT_INVALID",
    what: "these are no figures of the benchmarks",
    why: `${at} must be ${wanted}; it is ${JSON.stringify(found) ?? "missing"}`,
    remedy: "give a file that pnpm bench wrote",
  });
}
