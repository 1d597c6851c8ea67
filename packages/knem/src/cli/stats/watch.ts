// SPDX-License-Identifier: BSD-3-Clause
import { setTimeout } from "node:timers/promises";
import type { Statistics } from "../../statistics.js";
import { bytes, short } from "../units.js";
import { type Rates, rates, type Sample } from "./sample.js";

/** What `knem stats --watch` is told. */
export interface Watch {
  readonly read: () => Statistics;
  /** Seconds. */
  readonly interval: number;
  /** How many reports; without end, if it is not said. */
  readonly count?: number | undefined;
  /** Aborted when nobody reads what is printed any more. */
  readonly over?: AbortSignal | undefined;
  readonly print: (line: string) => void;
}

/** A line for each interval: the moment, the rates, and what there is. */
export async function watch(how: Watch, show: (rates: Rates, read: Statistics) => string) {
  let before = sample(how);
  for (let done = 0; how.count === undefined || done < how.count; done += 1) {
    await setTimeout(how.interval * 1000, undefined, { signal: how.over }).catch(() => {});
    if (how.over?.aborted) return;
    const after = sample(how);
    how.print(show(rates(before, after), after.read));
    before = after;
  }
}

function sample({ read }: Watch): Sample {
  return { read: read(), at: performance.now() };
}

const columns = [
  "copies/s",
  "bytes/s",
  "failed/s",
  "queued",
  "contexts",
  "regions",
  "pinned",
] as const;
const width = 11;

/** The names of the columns. */
export const heading = columns.map((name) => name.padStart(width)).join("");

/** One interval as a row below {@link heading}. */
export function row(between: Rates, { activity }: Statistics): string {
  const now = (value: number | undefined, show: (value: number) => string) =>
    value === undefined ? "-" : show(value);
  const cells = [
    short(between.counters["processedTotal"] ?? 0),
    between.bytes === null ? "-" : bytes(between.bytes),
    short(between.failed),
    now(activity?.queued, short),
    now(activity?.contexts, short),
    now(activity?.regions, short),
    now(activity?.pinnedBytes, bytes),
  ];
  return cells.map((cell) => cell.padStart(width)).join("");
}

/** One interval as a JSON document in a line, as schema/stats-watch.json has it. */
export function line(between: Rates, { activity }: Statistics, time = new Date()): string {
  const { copySizes: _, ...now } = activity ?? { copySizes: [] };
  return JSON.stringify({ time: time.toISOString(), ...between, now: activity ? now : null });
}
