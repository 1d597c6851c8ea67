// SPDX-License-Identifier: BSD-3-Clause
import { svgDocument } from "./document.js";
import { type Drawing, draw, type Frame, hueOf, round } from "./drawing.js";
import { escaped } from "./markup.js";
import { drawn, type Plot } from "./plot.js";

const canvas = { width: 760, height: 380 } as const;
const frame: Frame = { left: 48, right: 560, top: 52, bottom: 336 };

/** A plot as an SVG document that says by itself what it shows, the same for the same plot. */
export function svg(plot: Plot): string {
  const { title, values } = plot;
  const { lines, y } = draw(plot, frame);
  return svgDocument(title, canvas, [
    `<text x="${frame.left}" y="20" font-weight="600" font-size="15">${escaped(title)}</text>`,
    `<text x="${frame.left}" y="38" class="soft">${escaped(values)}</text>`,
    ...lines,
    ...names(plot, y),
  ]);
}

/** The names beside the ends of the lines, moved apart where they would cover each other. */
function names(plot: Plot, y: Drawing["y"]): string[] {
  const ends = drawn(plot).map((one) => ({
    name: one.name,
    hue: hueOf(one),
    at: y(one.points.at(-1)?.[1] ?? 0),
  }));
  ends.sort((a, b) => a.at - b.at);
  const gap = 18;
  for (const [index, end] of ends.entries()) {
    const above = ends[index - 1];
    if (above) end.at = Math.max(end.at, above.at + gap);
  }
  const shift = Math.max(0, (ends.at(-1)?.at ?? 0) - frame.bottom);
  return ends.map(
    ({ name, hue, at }) =>
      `<text class="name ${hue}" x="${frame.right + 12}" y="${round(at - shift + 4)}">${escaped(name)}</text>`,
  );
}
