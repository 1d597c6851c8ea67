// SPDX-License-Identifier: BSD-3-Clause
import { size } from "./size.js";

/** A line of a plot. */
export interface Series {
  readonly name: string;
  /** Pairs of bytes and a value, in the order of bytes. */
  readonly points: readonly (readonly [number, number])[];
  /** Which of the colours it has; a name has the same one in every plot. */
  readonly colour: number;
  /** What others are measured against: grey and dashed. */
  readonly reference?: boolean;
}

/** Lines over the size of a copy, which is drawn on a logarithmic scale; values begin at 0. */
export interface Plot {
  readonly title: string;
  /** What the values are, in a few words. */
  readonly values: string;
  readonly series: readonly Series[];
}

const [width, height] = [760, 380] as const;
const frame = { left: 48, right: 560, top: 52, bottom: 336 } as const;

/** Told apart in any kind of colour vision (Okabe and Ito), light enough for black and dark enough for white. */
const colours = ["#d55e00", "#0a7fc2", "#009e73", "#b8860b", "#c05a96", "#7a6fd0", "#5b8a72"];
const grey = "#8a8a8a";

/** In the reader's own light: the file is shown on white pages and on dark ones. */
const style = `svg{font:13px system-ui,sans-serif}text{fill:#333}.soft{fill:#777}.grid{stroke:#8883}
@media(prefers-color-scheme:dark){text{fill:#ddd}.soft{fill:#999}}`;

/** A plot as an SVG document, the same for the same plot. */
export function svg({ title, values, series }: Plot): string {
  const drawn = series.filter(({ points }) => points.length > 0);
  const sizes = [...new Set(drawn.flatMap(({ points }) => points.map(([bytes]) => bytes)))];
  const top = scale(Math.max(1e-9, ...drawn.flatMap(({ points }) => points.map(([, v]) => v))));
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)].map(Math.log2) as [number, number];
  const x = (bytes: number) =>
    round(frame.left + ((Math.log2(bytes) - low) / (high - low || 1)) * (frame.right - frame.left));
  const y = (value: number) =>
    round(frame.bottom - (value / top.most) * (frame.bottom - frame.top));
  const place = { x, y };
  const lines = drawn.map((one) => line(one, place));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(title)}">`,
    `<style>${style}</style>`,
    `<text x="${frame.left}" y="20" font-weight="600" font-size="15">${text(title)}</text>`,
    `<text x="${frame.left}" y="38" class="soft">${text(values)}</text>`,
    ...top.ticks.map((value) => level(value, y(value))),
    ...sizes.map((bytes) => below(x(bytes), size(bytes))),
    ...lines,
    ...labels(drawn, y),
    "</svg>\n",
  ].join("\n");
}

interface Place {
  readonly x: (bytes: number) => number;
  readonly y: (value: number) => number;
}

function line(series: Series, { x, y }: Place): string {
  const { name, points, reference } = series;
  const colour = colourOf(series);
  const path = points.map(([bytes, value]) => `${x(bytes)},${y(value)}`).join(" ");
  const dash = reference ? ' stroke-dasharray="5 4"' : "";
  const dots = points.map(
    ([bytes, value]) =>
      `<circle cx="${x(bytes)}" cy="${y(value)}" r="3"><title>${text(name)}, ${size(bytes)}: ${short(value)}</title></circle>`,
  );
  return `<g fill="${colour}"><polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>${dots.join("")}</g>`;
}

function level(value: number, y: number): string {
  return (
    `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>` +
    `<text class="soft" x="${frame.left - 8}" y="${y + 4}" text-anchor="end">${short(value)}</text>`
  );
}

function below(x: number, words: string): string {
  return `<text class="soft" x="${x}" y="${frame.bottom + 20}" text-anchor="middle">${words}</text>`;
}

/** The names beside the ends of the lines, moved apart where they would cover each other. */
function labels(series: readonly Series[], y: Place["y"]): string[] {
  const ends = series.map((one) => ({
    name: one.name,
    colour: colourOf(one),
    at: y(one.points.at(-1)?.[1] ?? 0),
  }));
  ends.sort((a, b) => a.at - b.at);
  const gap = 18;
  for (const [index, end] of ends.entries()) {
    const above = ends[index - 1];
    if (above) end.at = Math.max(end.at, above.at + gap);
  }
  const over = (ends.at(-1)?.at ?? 0) - frame.bottom;
  const shift = Math.max(0, over);
  return ends.map(
    ({ name, colour, at }) =>
      `<text x="${frame.right + 12}" y="${round(at - shift + 4)}" style="fill:${colour}">${text(name)}</text>`,
  );
}

function colourOf({ colour, reference }: Series): string {
  return (reference ? undefined : colours[colour % colours.length]) ?? grey;
}

/** Where an axis from 0 ends, and its ticks: four to eight at round numbers. */
export function scale(most: number): { most: number; ticks: number[] } {
  const power = 10 ** Math.floor(Math.log10(most));
  const step =
    [0.1, 0.2, 0.25, 0.5, 1, 2].map((n) => n * power).find((n) => most / n <= 7) ?? power;
  const count = Math.ceil(most / step);
  return { most: count * step, ticks: Array.from({ length: count + 1 }, (_, i) => i * step) };
}

const round = (value: number) => Math.round(value * 10) / 10;
const short = (value: number) => String(Number(value.toPrecision(3)));
const text = (words: string) =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
