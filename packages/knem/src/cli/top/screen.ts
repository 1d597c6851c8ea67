// SPDX-License-Identifier: BSD-3-Clause
import colors from "picocolors";
import type { Statistics } from "../../statistics.js";
import { bars, histogram } from "../histogram.js";
import { moved, type Rates } from "../stats/sample.js";
import { bytes, counted, short } from "../units.js";
import type { Process } from "./processes.js";

/** What there is to show. */
export interface View {
  readonly read: Statistics;
  /** The intervals so far, the last one last. */
  readonly history: readonly Rates[];
  readonly processes: readonly Process[];
  /** Whether there may be processes that this user cannot see. */
  readonly partial: boolean;
  readonly time: Date;
}

/** Columns and rows of a terminal. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How many intervals back sizes are counted. */
const MEMORY = 60;

/** The screen as lines, no more and no longer than there is room; what matters most comes first. */
export function screen(view: View, { columns, rows }: Size): string[] {
  const width = Math.max(1, columns - 1);
  const fit = (line: string) => line.slice(0, width);
  const fixed = [title(view, width), "", ...summary(view), "", throughput(view, width), ""].map(
    fit,
  );
  const list = table(view).map(fit);
  // Half of what is left is for processes, or less where there are fewer.
  const left = Math.max(0, rows - fixed.length);
  const kept = Math.min(list.length, Math.max(3, Math.floor(left / 2)));
  const sizes = bySize(view, width, left - kept - 1).map(fit);
  const apart = sizes.length > 0 ? [...sizes, ""] : [];
  const lines = [...fixed, ...apart, ...list.slice(0, kept)];
  const heads = new Set([fixed.length, fixed.length + apart.length]);
  return lines.slice(0, rows).map((line, at) => {
    if (at === 0) return colors.inverse(line.padEnd(width));
    return heads.has(at) ? colors.bold(line) : line;
  });
}

function title({ read, time }: View, width: number): string {
  const left = ` KNEM ${read.version}`;
  const right = `${time.toTimeString().slice(0, 8)}   q quits `;
  return left + right.padStart(Math.max(0, width - left.length));
}

function summary({ read: { activity }, history }: View): string[] {
  const last = history.at(-1);
  const copies = short(last?.counters["processedTotal"] ?? 0);
  const failed = short(last?.failed ?? 0);
  const first = [`${copies} copies/s`, speed(last), `${failed} failed/s`];
  if (!activity) return [cells(first), "this module does not tell what there is at the moment"];
  const { contexts, regions, queued, pinnedBytes } = activity;
  return [
    cells([...first, `${bytes(moved(activity))} in all`]),
    cells([
      counted(contexts, "context"),
      counted(regions, "region"),
      `${short(queued)} queued`,
      `${bytes(pinnedBytes)} pinned`,
    ]),
  ];
}

const speed = (last: Rates | undefined) => `${bytes(last?.bytes ?? 0)}/s`;
const cells = (texts: readonly string[]) =>
  texts
    .map((text) => text.padEnd(20))
    .join("")
    .trimEnd();

const levels = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** The throughput over time, the newest at the right. */
function throughput({ history }: View, width: number): string {
  const name = "throughput ";
  // The largest there can be, so that the line does not move.
  const words = "  1023 MiB/s at most".length;
  const room = Math.max(1, width - name.length - words);
  const shown = history.slice(-room).map((one) => one.bytes ?? 0);
  const most = Math.max(...shown, 0);
  const level = (value: number) => levels[Math.min(7, Math.floor((value / most) * 8))] ?? " ";
  const line = shown.map((value) => (value > 0 ? level(value) : " ")).join("");
  return name + line.padStart(room) + `  ${bytes(most)}/s at most`.padStart(words);
}

function bySize({ history }: View, width: number, rows: number): string[] {
  const recent = history.slice(-MEMORY);
  const sums = recent.reduce<number[]>(
    (sum, { copySizes }) => copySizes.map((count, at) => count + (sum[at] ?? 0)),
    [],
  );
  const lines = histogram(bars(sums), Math.min(width, 80));
  const head = `copies by size, of the last ${counted(recent.length, "interval")}`;
  if (lines.length === 0) return [head, "none"].slice(0, Math.max(0, rows));
  // The largest sizes are the interesting ones.
  return [head, ...lines.slice(-Math.max(0, rows - 1))].slice(0, Math.max(0, rows));
}

function table({ processes, partial }: View): string[] {
  const row = (cells: readonly string[]) => {
    const [pid = "", user = "", pinned = "", open = "", command = ""] = cells;
    return `${pid.padStart(8)}  ${user.padEnd(10)} ${pinned.padStart(10)} ${open.padStart(6)}  ${command}`;
  };
  const rows = processes.map(({ pid, user, pinned, descriptors, command }) =>
    row([String(pid), user, bytes(pinned), String(descriptors), command]),
  );
  const none = partial
    ? "no process of this user has the device open"
    : "no process has the device open";
  return [row(["PID", "USER", "PINNED", "OPEN", "COMMAND"]), ...(rows.length > 0 ? rows : [none])];
}
