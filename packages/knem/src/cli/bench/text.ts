// SPDX-License-Identifier: BSD-3-Clause
import { numeric, page, type Sheet, terminalPlot } from "@knem/figures";
import colors from "picocolors";
import type { BenchDocument } from "./document.js";
import { plots, sheets } from "./sheets.js";

const paints = [colors.yellow, colors.blue, colors.green, colors.magenta, colors.cyan, colors.red];

/** The figures for a terminal of so many columns: tables, and a plot of each that is worth one. */
export function text(document: BenchDocument, columns: number): string {
  const paint = (series: number, words: string) =>
    (paints[series % paints.length] ?? String)(words);
  const tables = sheets(document).map(plain);
  const drawn = plots(document).map((plot) =>
    terminalPlot({ ...plot, title: "" }, Math.min(columns, 100) - 1, 14, paint)
      .slice(1)
      .join("\n"),
  );
  return [colors.bold(document.title), ...tables, ...drawn, note(document)].join("\n\n");
}

/** The figures as a page that needs nothing but itself. */
export function html(document: BenchDocument): string {
  return page({
    title: `KNEM: ${document.title}`,
    note: note(document),
    plots: plots(document),
    sheets: sheets(document),
  });
}

function note({ kernel, version, cpus }: BenchDocument): string {
  const where = cpus === 1 ? "one CPU" : `${cpus} CPUs`;
  return `${kernel}, knem ${version}, on ${where}. The bytes of every round were verified.`;
}

/** Names to the left, numbers to the right. */
function plain(sheet: Sheet): string {
  const { header, rows } = sheet;
  const all = [header, ...rows];
  const widths = header.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  const numbers = numeric(sheet);
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) =>
        numbers[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd();
  return all.map(line).join("\n");
}
