// SPDX-License-Identifier: BSD-3-Clause
import { draw, type Frame, hueOf } from "./drawing.js";
import { marker } from "./marker.js";
import { escaped } from "./markup.js";
import { drawn, type Plot, type Series } from "./plot.js";

const [width, height] = [480, 300] as const;
const frame: Frame = { left: 44, right: 452, top: 12, bottom: 268 };

/** A plot as a part of a page, on a phone's screen, too: words are the page's, so that they are broken into lines. */
export function figure(plot: Plot): string {
  const { title, values } = plot;
  return [
    `<figure><figcaption><strong>${escaped(title)}</strong><span>${escaped(values)}</span></figcaption>`,
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    ...draw(plot, frame).lines,
    "</svg>",
    `<ul class="key">${drawn(plot).map(entry).join("")}</ul></figure>`,
  ].join("\n");
}

/** Which curve a name has. */
function entry(series: Series): string {
  const { name, reference, colour } = series;
  const dash = reference ? ' stroke-dasharray="5 4"' : "";
  const line = `<path d="M-13,0h26" fill="none" stroke="currentColor" stroke-width="2"${dash}/>`;
  const mark = `<path d="${marker(reference ? 0 : colour)}" fill="currentColor"/>`;
  return `<li class="${hueOf(series)}"><svg viewBox="-14 -6 28 12" aria-hidden="true">${line}${mark}</svg>${escaped(name)}</li>`;
}
