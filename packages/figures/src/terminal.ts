// SPDX-License-Identifier: BSD-3-Clause
import type { Plot, Series } from "./plot.js";
import { scale } from "./scale.js";
import { size } from "./size.js";

/** Gives text the colour of the series of that number; without colours, what it was given. */
export type Paint = (series: number, text: string) => string;

/** The dots of a braille character, by row and column. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** A dot's place: columns from the left, rows from the top. */
type Dot = readonly [number, number];

/** A plot as lines for a terminal: title, axis, curves in braille, and which is which. */
export function terminalPlot(plot: Plot, width: number, height: number, paint: Paint): string[] {
  const drawn = plot.series.filter(({ points }) => points.length > 0);
  const all = drawn.flatMap(({ points }) => points);
  if (all.length === 0) return [];
  const axis = scale(Math.max(1e-9, ...all.map(([, value]) => value)));
  const labels = Math.max(...axis.ticks.map((tick) => short(tick).length));
  const columns = Math.max(8, width - labels - 2);
  const sizes = [...new Set(all.map(([bytes]) => bytes))].sort((a, b) => a - b);
  const low = Math.log2(sizes[0] ?? 1);
  const span = Math.log2(sizes.at(-1) ?? 1) - low || 1;
  const place = ([bytes, value]: readonly [number, number]): Dot => [
    Math.round(((Math.log2(bytes) - low) / span) * (columns * 2 - 1)),
    Math.round((1 - value / axis.most) * (height * 4 - 1)),
  ];
  const grid = curves(drawn, place, columns, height, paint);
  const tickAt = rowsOf(axis.ticks, axis.most, height);
  const body = grid.map((line, row) => {
    const tick = tickAt.get(row);
    return `${(tick ?? "").padStart(labels)} ${tick === undefined ? "│" : "┤"}${line}`;
  });
  return [
    plot.title,
    plot.values,
    "",
    ...body,
    `${" ".repeat(labels + 1)}└${"─".repeat(columns)}`,
    `${" ".repeat(labels + 2)}${below(sizes, columns)}`,
    "",
    ...drawn.map(({ name }, at) => paint(at, `━━ ${name}`)),
  ];
}

/** Which rows have a tick: the ends of the axis, and others that stand where they say. */
function rowsOf(ticks: readonly number[], most: number, height: number): Map<number, string> {
  const rows = new Map<number, string>();
  for (const tick of ticks) {
    const exact = (1 - tick / most) * (height - 1);
    const row = Math.round(exact);
    if (Math.abs(exact - row) < 0.15) rows.set(row, short(tick));
  }
  return rows;
}

function curves(
  drawn: readonly Series[],
  place: (point: readonly [number, number]) => Dot,
  columns: number,
  height: number,
  paint: Paint,
): string[] {
  const cells = Array.from({ length: height }, () =>
    Array.from({ length: columns }, () => ({ bits: 0, series: 0 })),
  );
  for (const [series, { points }] of drawn.entries()) {
    for (const [x, y] of line(points.map(place))) {
      const cell = cells[y >> 2]?.[x >> 1];
      if (!cell) continue;
      cell.bits |= dots[y & 3]?.[x & 1] ?? 0;
      cell.series = series;
    }
  }
  return cells.map((row) =>
    row
      .map(({ bits, series }) =>
        bits === 0 ? " " : paint(series, String.fromCodePoint(0x2800 + bits)),
      )
      .join(""),
  );
}

/** The dots of straight lines from point to point. */
function line(points: readonly Dot[]): Dot[] {
  const [first] = points;
  const parts = points.slice(1).flatMap((to, at) => {
    const [x, y] = points[at] ?? to;
    const [dx, dy] = [to[0] - x, to[1] - y];
    const steps = Math.max(1, Math.abs(dx), Math.abs(dy));
    return Array.from({ length: steps }, (_, step): Dot => {
      const share = (step + 1) / steps;
      return [Math.round(x + dx * share), Math.round(y + dy * share)];
    });
  });
  return first ? [first, ...parts] : [];
}

/** The sizes below the axis, as many as there is room for. */
function below(sizes: readonly number[], columns: number): string {
  const [low, high] = [Math.log2(sizes[0] ?? 1), Math.log2(sizes.at(-1) ?? 1)];
  let text = "";
  for (const bytes of sizes) {
    const words = size(bytes);
    const at = Math.round(((Math.log2(bytes) - low) / (high - low || 1)) * (columns - 1));
    const from = Math.min(at, Math.max(0, columns - words.length));
    if (text === "" || from > text.length) text = text.padEnd(from) + words;
  }
  return text;
}

const short = (value: number): string => String(Number(value.toPrecision(3)));
