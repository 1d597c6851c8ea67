// SPDX-License-Identifier: BSD-3-Clause

import { marker } from "./marker.js";
import { escaped } from "./markup.js";
import { grey, hues, inBothLights, ink } from "./palette.js";
import { drawn, type Plot, type Series } from "./plot.js";
import { scale } from "./scale.js";
import { size } from "./size.js";

/** Where the axes stand within a picture, in its units. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Axes and curves of a plot, and where on its height a value is. */
export interface Drawing {
  readonly lines: readonly string[];
  readonly y: (value: number) => number;
}

const shades = Object.fromEntries([
  ...hues.map((shade, at) => [`hue${at}`, shade] as const),
  ["grey", grey] as const,
]);

/** In the reader's own light: pictures are shown on white pages and on dark ones. */
export const pictureStyle = [
  "svg{font:13px system-ui,sans-serif}",
  inBothLights(
    { text: ink.text, ".soft": ink.soft },
    (selector, colour) => `${selector}{fill:${colour}}`,
  ),
  inBothLights({ ".grid": ink.line }, (selector, colour) => `${selector}{stroke:${colour}}`),
  inBothLights(shades, (name, colour) => `.${name}{color:${colour}}`),
  ".name{fill:currentColor}",
].join("\n");

/** The class of a series' colour; a name has the same one in every plot. */
export const hueOf = ({ colour, reference }: Series): string =>
  reference ? "grey" : `hue${colour % hues.length}`;

/** Draws the axes of a plot and its curves; without any points, only the axes. */
export function draw(plot: Plot, frame: Frame): Drawing {
  const series = drawn(plot);
  const all = series.flatMap(({ points }) => points);
  const sizes = [...new Set(all.map(([bytes]) => bytes))].sort((a, b) => a - b);
  const axis = scale(Math.max(1e-9, ...all.map(([, value]) => value)));
  const low = Math.log2(sizes[0] ?? 1);
  const span = Math.log2(sizes.at(-1) ?? 1) - low || 1;
  const x = (bytes: number) =>
    round(frame.left + ((Math.log2(bytes) - low) / span) * (frame.right - frame.left));
  const y = (value: number) =>
    round(frame.bottom - (value / axis.most) * (frame.bottom - frame.top));
  const lines = [
    ...axis.ticks.map((value) => level(value, y(value), frame)),
    ...below(sizes, x, frame),
    ...series.map((one) => curve(one, x, y)),
  ];
  return { lines, y };
}

function level(value: number, y: number, { left, right }: Frame): string {
  return (
    `<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/>` +
    `<text class="soft" x="${left - 8}" y="${y + 4}" text-anchor="end">${short(value)}</text>`
  );
}

/** What a size takes below the axis, and what parts it from the next. */
const ROOM = 56;

/** The sizes below the axis, as many as there is room for; the ends always. */
function below(sizes: readonly number[], x: (bytes: number) => number, frame: Frame): string[] {
  const last = x(sizes.at(-1) ?? 1);
  let from = Number.NEGATIVE_INFINITY;
  return sizes.flatMap((bytes) => {
    const at = x(bytes);
    const fits = at >= from && (at === last || at <= last - ROOM);
    if (!fits) return [];
    from = at + ROOM;
    const place = `x="${at}" y="${frame.bottom + 20}" text-anchor="middle"`;
    return [`<text class="soft" ${place}>${size(bytes)}</text>`];
  });
}

function curve(series: Series, x: (bytes: number) => number, y: Drawing["y"]): string {
  const { name, points, reference, colour } = series;
  const path = points.map(([bytes, value]) => `${x(bytes)},${y(value)}`).join(" ");
  const dash = reference ? ' stroke-dasharray="5 4"' : "";
  const outline = reference ? marker(0) : marker(colour);
  const marks = points.map(
    ([bytes, value]) =>
      `<path d="${outline}" transform="translate(${x(bytes)} ${y(value)})"><title>${escaped(name)}, ${size(bytes)}: ${short(value)}</title></path>`,
  );
  return `<g class="${hueOf(series)}" fill="currentColor"><polyline points="${path}" fill="none" stroke="currentColor" stroke-width="2"${dash}/>${marks.join("")}</g>`;
}

export const round = (value: number): number => Math.round(value * 10) / 10;
export const short = (value: number): string => String(Number(value.toPrecision(3)));
