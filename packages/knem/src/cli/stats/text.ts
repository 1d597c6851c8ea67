// SPDX-License-Identifier: BSD-3-Clause
import colors from "picocolors";
import type { Activity, Count, Statistics } from "../../statistics.js";
import { featureText, flagText } from "../flags.js";
import { bars, histogram } from "../histogram.js";
import { table } from "../table.js";
import { bytes } from "../units.js";

/** The statistics for a person. */
export function text(read: Statistics): string {
  const head = table([
    ["ABI", `0x${read.abi.toString(16)}`],
    ["Features", featureText(read.features)],
    ["Forced flags", flagText(read.forcedFlags)],
    ["Ignored flags", flagText(read.ignoredFlags)],
    ["DMA engine", read.dma],
    ...channelRow(read.channels),
  ]);
  const counts = table(read.counts.map(({ label, value }) => [label, value]));
  const lines = [colors.bold(`KNEM ${read.version}`), ...head, "", ...counts.map(paint(read))];
  if (read.activity) lines.push("", ...active(read.activity));
  return [...lines, ...read.other].join("\n");
}

/** Only where there are any. */
export function channelRow(channels: readonly string[]): [string, string][] {
  return channels.length === 0 ? [] : [["DMA channels", channels.join(", ")]];
}

/** What the module's own text does not tell. */
function active(activity: Activity): string[] {
  const sizes = bars(activity.copySizes);
  const rows = table([
    ["Refused because busy", activity.failedBusy],
    ["Regions created", activity.regionsCreated],
    ["Regions now", activity.regions],
    ["Contexts now", activity.contexts],
    ["Requests queued now", activity.queued],
    ["Pinned now", bytes(activity.pinnedBytes)],
    ["Copied in calls", bytes(activity.bytesCall)],
    ["Copied in threads", bytes(activity.bytesThread)],
    ["Copied by DMA", bytes(activity.bytesDma)],
  ]);
  return sizes.length === 0 ? rows : [...rows, "", "Copies by size", ...histogram(sizes, 60)];
}

/** Failures stand out, and what is 0 steps back. */
function paint({ counts }: Statistics): (line: string, at: number) => string {
  const failed = (count?: Count) => /fail|reject/i.test(count?.label ?? "");
  return (line, at) => {
    if (counts[at]?.value === 0) return colors.dim(line);
    return failed(counts[at]) ? colors.yellow(line) : line;
  };
}
