// SPDX-License-Identifier: BSD-3-Clause
import { svgDocument } from "./document.js";
import { round, short } from "./drawing.js";
import { escaped } from "./markup.js";
import { hues } from "./palette.js";

/** One value over time. */
export interface Trace {
  readonly name: string;
  /** What it is measured in. */
  readonly unit: string;
  /** Pairs of seconds and a value, in the order of time. */
  readonly points: readonly (readonly [number, number])[];
}

const width = 760;
const frame = { left: 72, right: 744, top: 44, height: 96, gap: 36 } as const;

/** Values over the same time, one below the other, as an SVG document; each begins at 0. */
export function timeline(title: string, traces: readonly Trace[]): string {
  const end = Math.max(1, ...traces.flatMap(({ points }) => points.map(([seconds]) => seconds)));
  const height = frame.top + traces.length * (frame.height + frame.gap);
  const below = height - frame.gap + 28;
  return svgDocument(title, { width, height }, [
    `<text x="16" y="22" font-weight="600" font-size="15">${escaped(title)}</text>`,
    ...traces.map((trace, index) => panel(trace, index, end)),
    `<text class="soft" x="${frame.left}" y="${below}">0 s</text>`,
    `<text class="soft" x="${frame.right}" y="${below}" text-anchor="end">${short(end)} s</text>`,
  ]);
}

function panel({ name, unit, points }: Trace, index: number, end: number): string {
  const top = frame.top + index * (frame.height + frame.gap) + 8;
  const bottom = top + frame.height;
  const most = Math.max(1e-9, ...points.map(([, value]) => value));
  const x = (seconds: number) => round(frame.left + (seconds / end) * (frame.right - frame.left));
  const y = (value: number) => round(bottom - (Math.max(0, value) / most) * frame.height);
  const level = (value: number) =>
    `<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${y(value)}" y2="${y(value)}"/>` +
    `<text class="soft" x="${frame.left - 8}" y="${y(value) + 4}" text-anchor="end">${short(value)}</text>`;
  const path = points.map(([seconds, value]) => `${x(seconds)},${y(value)}`).join(" ");
  return [
    `<text x="${frame.left}" y="${top - 6}">${escaped(name)} <tspan class="soft">${escaped(unit)}</tspan></text>`,
    ...[0, most].map(level),
    `<polyline class="hue${index % hues.length}" points="${path}" fill="none" stroke="currentColor" stroke-width="1.5"/>`,
  ].join("\n");
}
