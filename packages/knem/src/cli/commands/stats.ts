// SPDX-License-Identifier: BSD-3-Clause
import { defineCommand } from "citty";
import colors from "picocolors";
import { type Count, type Statistics, statistics } from "../../statistics.js";
import { featureText, flagText } from "../flags.js";
import { options } from "../options.js";
import { table } from "../table.js";
import { refuseUnknown } from "../usage.js";

export default defineCommand({
  meta: { name: "stats", description: "What the module has done since it was loaded or cleared" },
  args: options,
  run(context) {
    refuseUnknown(context, "knem stats");
    const { json, device } = context.args;
    const read = statistics(device);
    console.log(json ? JSON.stringify(document(read), null, 2) : text(read));
  },
});

/** The JSON document. Its keys stay; `counters` may grow. */
export function document({ counts, other, ...head }: Statistics) {
  const counters = Object.fromEntries(counts.map(({ name, value }) => [name, value]));
  return { ...head, counters, other };
}

/** The same for a person. */
export function text(read: Statistics): string {
  const head = table([
    ["ABI", `0x${read.abi.toString(16)}`],
    ["Features", featureText(read.features)],
    ["Forced flags", flagText(read.forcedFlags)],
    ["Ignored flags", flagText(read.ignoredFlags)],
    ["DMA engine", read.dma],
  ]);
  const counts = table(read.counts.map(({ label, value }) => [label, value]));
  const lines = [colors.bold(`KNEM ${read.version}`), ...head, "", ...counts.map(paint(read))];
  return [...lines, ...read.other].join("\n");
}

/** Failures stand out, and what is 0 steps back. */
function paint({ counts }: Statistics): (line: string, at: number) => string {
  const failed = (count?: Count) => /fail|reject/i.test(count?.label ?? "");
  return (line, at) => {
    if (counts[at]?.value === 0) return colors.dim(line);
    return failed(counts[at]) ? colors.yellow(line) : line;
  };
}
