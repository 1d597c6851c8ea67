// SPDX-License-Identifier: BSD-3-Clause
import type { Statistics } from "../../statistics.js";

/** The JSON document of `knem stats`, as schema/stats.json has it. Its keys stay; `counters` may grow. */
export function document({ counts, activity, other, ...head }: Statistics) {
  const counters = Object.fromEntries(counts.map(({ name, value }) => [name, value]));
  return { ...head, counters, activity: activity ?? null, other };
}
