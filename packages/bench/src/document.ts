// SPDX-License-Identifier: BSD-3-Clause
import { type Experiment, experiment } from "./experiment/experiment.js";
import { count, invalid, json, list, number, oneOf, record, string } from "./fields.js";
import {
  type Bed,
  beds,
  type Call,
  calls,
  type Method,
  methods,
  type Pages,
  pageKinds,
} from "./kinds.js";
import { type Profile, profile, profileText } from "./profile/profile.js";

export type { Bed, Call, Method, Pages } from "./kinds.js";
export { beds, calls, methods, pageKinds } from "./kinds.js";

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
  /** Where the instructions of some calls go; none in documents of before there were any. */
  readonly profiles: readonly Profile[];
  /** What the module might do otherwise; none in documents of before there were any. */
  readonly experiments: readonly Experiment[];
}

/** A document as text, a figure on each line. Reading it gives the same document. */
export function formatDocument(document: BenchDocument): string {
  const { kernels, results, calls, profiles, experiments } = document;
  const lines = (figures: readonly object[]) =>
    figures.map((one) => `\n${JSON.stringify(one)}`).join(",");
  return `{"format":1,"kernels":${JSON.stringify(kernels)},\n"results":[${lines(results)}\n],\n"calls":[${lines(calls)}\n],\n"profiles":[${profiles.map(profileText).join(",")}\n],\n"experiments":[${lines(experiments)}\n]}\n`;
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
    profiles: list(top["profiles"] ?? [], "profiles", profile),
    experiments: list(top["experiments"] ?? [], "experiments", experiment),
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
