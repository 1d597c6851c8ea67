// SPDX-License-Identifier: BSD-3-Clause

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
const colours = ["#0a7fc2", "#d55e00", "#009e73", "#c05a96"];

/** In the reader's own light: the file is shown on white pages and on dark ones. */
const style = `svg{font:13px system-ui,sans-serif}text{fill:#333}.soft{fill:#777}.grid{stroke:#8883}
@media(prefers-color-scheme:dark){text{fill:#ddd}.soft{fill:#999}}`;

/** Values over the same time, one below the other, as an SVG document; each begins at 0. */
export function timeline(title: string, traces: readonly Trace[]): string {
  const end = Math.max(1, ...traces.flatMap(({ points }) => points.map(([seconds]) => seconds)));
  const height = frame.top + traces.length * (frame.height + frame.gap);
  const bottom = height - frame.gap + 16;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${text(title)}">`,
    `<style>${style}</style>`,
    `<text x="16" y="22" font-weight="600" font-size="15">${text(title)}</text>`,
    ...traces.map((trace, index) => panel(trace, index, end)),
    `<text class="soft" x="${frame.left}" y="${bottom}">0 s</text>`,
    `<text class="soft" x="${frame.right}" y="${bottom}" text-anchor="end">${short(end)} s</text>`,
    "</svg>\n",
  ].join("\n");
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
  const colour = colours[index % colours.length];
  return [
    `<text x="${frame.left}" y="${top - 6}">${text(name)} <tspan class="soft">${text(unit)}</tspan></text>`,
    ...[0, most].map(level),
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`,
  ].join("\n");
}

const round = (value: number) => Math.round(value * 10) / 10;
const short = (value: number) => String(Number(value.toPrecision(3)));
const text = (words: string) =>
  words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
