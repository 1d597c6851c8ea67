// SPDX-License-Identifier: BSD-3-Clause
import type { Activity, Statistics } from "../../src/statistics.js";

/** Sizes of copies: so many in each of some buckets. */
export function sizes(counts: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 64 }, (_, bucket) => counts[bucket] ?? 0);
}

/** Statistics as a module gave them after some copies. */
export function statistics(activity: Partial<Activity> = {}, submitted = 1200): Statistics {
  const counts = [
    ["submitted", "Requests Submitted", submitted],
    ["processedTotal", "Requests Processed/Total", submitted - 4],
    ["processedDMA", "Requests Processed/DMA", 0],
    ["processedPinLocal", "Requests Processed/PinLocal", 30],
    ["failedFindRegion", "Requests Failed/FindRegion", 4],
    ["failedDMACopy", "Requests Failed/DMACopy", 0],
  ] as const;
  return {
    version: "2.0.0",
    abi: 13,
    features: 0,
    forcedFlags: 0,
    ignoredFlags: 0,
    dma: "NoKernelSupport",
    channels: [],
    counts: counts.map(([name, label, value]) => ({ name, label, value })),
    other: [],
    activity: {
      ...{ failedBusy: 1, regionsCreated: 40, bytesCall: 3 << 20, bytesThread: 4096, bytesDma: 0 },
      ...{ contexts: 2, regions: 3, queued: 0, pinnedBytes: 12 << 20 },
      copySizes: sizes({ 0: 2, 13: 700, 15: 90, 21: 4 }),
      ...activity,
    },
  };
}
