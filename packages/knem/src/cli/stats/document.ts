// SPDX-License-Identifier: BSD-3-Clause
import type { Statistics } from "../../statistics.js";
import { type Answer, reported } from "../answer.js";

/** The JSON document of `knem stats`, as schema/stats.json has it. Its keys stay; `counters` may grow. */
export function document({ told, problem }: Answer<Statistics>) {
  const counters = told?.counts.map(({ name, value }) => [name, value] as const);
  return {
    version: told?.version ?? null,
    abi: told?.abi ?? null,
    features: told?.features ?? null,
    forcedFlags: told?.forcedFlags ?? null,
    ignoredFlags: told?.ignoredFlags ?? null,
    dma: told?.dma ?? null,
    channels: told?.channels ?? null,
    counters: counters ? Object.fromEntries(counters) : null,
    activity: told?.activity ?? null,
    other: told?.other ?? null,
    problem: reported(problem),
  };
}
