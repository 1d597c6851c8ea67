// SPDX-License-Identifier: BSD-3-Clause
import { exactBytes } from "./units.js";

/** Copies of one power of two of sizes. */
export interface Bar {
  /** `4 KiB`: from so many bytes on, up to twice as many. */
  readonly label: string;
  readonly count: number;
}

/** The module's sizes of copies from the smallest that occurred to the largest. */
export function bars(copySizes: readonly number[]): Bar[] {
  const from = copySizes.findIndex((count) => count > 0);
  if (from < 0) return [];
  const to = copySizes.findLastIndex((count) => count > 0);
  return copySizes.slice(from, to + 1).map((count, at) => ({ label: label(from + at), count }));
}

function label(bucket: number): string {
  return bucket === 0 ? "nothing" : exactBytes(2 ** (bucket - 1));
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A share of the width, in blocks; what is more than nothing is seen. */
export function block(value: number, most: number, width: number): string {
  if (value <= 0 || most <= 0) return "";
  const parts = Math.max(1, Math.round((value / most) * width * 8));
  return "█".repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}

/** A line for each size: its label, how many, and a bar. */
export function histogram(all: readonly Bar[], width: number): string[] {
  const most = Math.max(0, ...all.map(({ count }) => count));
  const labels = Math.max(0, ...all.map(({ label }) => label.length));
  const digits = String(most).length;
  const space = Math.max(1, width - labels - digits - 4);
  return all.map(({ label, count }) =>
    `${label.padStart(labels)}  ${String(count).padStart(digits)}  ${block(count, most, space)}`.trimEnd(),
  );
}
