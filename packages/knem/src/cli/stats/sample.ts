// SPDX-License-Identifier: BSD-3-Clause
import type { Activity, Statistics } from "../../statistics.js";

/** The statistics at a moment. */
export interface Sample {
  /** Milliseconds of a clock that only goes forward. */
  readonly at: number;
  readonly read: Statistics;
}

/** What happened between two samples, by the second. */
export interface Rates {
  /** Between the samples. */
  readonly seconds: number;
  /** Every counter of the module, a second. */
  readonly counters: Readonly<Record<string, number>>;
  /** Requests that failed for whatever reason, a second; among them those refused because busy, which no counter has. */
  readonly failed: number;
  /** Bytes a second by all ways together; null where the module does not count them. */
  readonly bytes: number | null;
  /** Copies between the two, by size. */
  readonly copySizes: readonly number[];
}

/** The rates between two samples. What is smaller than before was cleared meanwhile: it counts from 0. */
export function rates(before: Sample, after: Sample): Rates {
  const seconds = Math.max(1e-3, (after.at - before.at) / 1000);
  const was = new Map(before.read.counts.map(({ name, value }) => [name, value]));
  const counters = after.read.counts.map(
    ({ name, value }) => [name, gained(was.get(name) ?? 0, value) / seconds] as const,
  );
  const [old, now] = [before.read.activity, after.read.activity];
  const busy = gained(old?.failedBusy ?? 0, now?.failedBusy ?? 0) / seconds;
  const failed = counters.filter(([name]) => /^(failed|rejected)/i.test(name));
  const sizes = now?.copySizes.map((count, at) => gained(old?.copySizes[at] ?? 0, count));
  return {
    seconds,
    counters: Object.fromEntries(counters),
    failed: failed.reduce((sum, [, rate]) => sum + rate, busy),
    bytes: now ? gained(old ? moved(old) : 0, moved(now)) / seconds : null,
    copySizes: sizes ?? [],
  };
}

/** Bytes by all ways together. */
export function moved({ bytesCall, bytesThread, bytesDma }: Activity): number {
  return bytesCall + bytesThread + bytesDma;
}

const gained = (before: number, after: number): number =>
  after >= before ? after - before : after;
