// SPDX-License-Identifier: BSD-3-Clause
import { count, invalid, json, list, number, oneOf, record, string } from "../fields.js";
import { beds } from "../kinds.js";

/** What was tried, as knem-bench names it. */
export const experiments = ["split", "streaming", "overlap", "prefault", "references"] as const;
export type ExperimentName = (typeof experiments)[number];

/** Where: in a bed, or on the machine as it is, without the module. */
export const places = ["host", ...beds] as const;
export type Place = (typeof places)[number];

/** Of nanoseconds and instructions few are good, of references a second many. */
export const units = ["ns", "instructions", "references/s"] as const;
export type Unit = (typeof units)[number];

/** Some work as it is done and as it might be: the best of several rounds each, which took turns. */
export interface Experiment {
  readonly experiment: ExperimentName;
  readonly bed: Place;
  /** What exactly was tried: `woken`, `pieces-2m`. */
  readonly what: string;
  /** Of the copy; 0 where there is none. */
  readonly bytes: number;
  readonly without: number;
  readonly with: number;
  /** How many times as good it is with. */
  readonly ratio: number;
  readonly unit: Unit;
}

/** Reads a record. Errors: BENCH_DOCUMENT_INVALID, also where the ratio is not that of the figures. */
export function experiment(value: unknown, at: string): Experiment {
  const one = record(value, at);
  const found: Experiment = {
    experiment: oneOf(experiments)(one["experiment"], `${at}.experiment`),
    bed: oneOf(places)(one["bed"], `${at}.bed`),
    what: string(one["what"], `${at}.what`),
    bytes: number(one["bytes"], `${at}.bytes`),
    without: count(one["without"], `${at}.without`),
    with: count(one["with"], `${at}.with`),
    ratio: number(one["ratio"], `${at}.ratio`),
    unit: oneOf(units)(one["unit"], `${at}.unit`),
  };
  const right = better(found);
  if (Math.abs(found.ratio - right) <= 0.001 * Math.max(1, right)) return found;
  throw invalid(`${at}.ratio`, `${right.toFixed(4)}, as the figures say`, found.ratio);
}

/** What one run of knem-bench's experiments printed. Errors: BENCH_DOCUMENT_INVALID. */
export function parseExperiments(text: string): Experiment[] {
  return list(record(json(text), "the output")["experiments"], "experiments", experiment);
}

function better(one: Pick<Experiment, "without" | "with" | "unit">): number {
  return one.unit === "references/s" ? one.with / one.without : one.without / one.with;
}
