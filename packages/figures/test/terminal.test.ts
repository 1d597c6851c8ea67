// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { terminalPlot } from "../src/index.js";

const plain = (_: number, text: string) => text;
const rising = { name: "rising", colour: 0, points: [[1024, 0] as const, [4096, 10] as const] };
const level = { name: "level", colour: 1, points: [[1024, 5] as const, [4096, 5] as const] };
const plot = { title: "A plot", values: "times", series: [rising, level] };

describe("a plot in a terminal", () => {
  it("has its words, its axes, and its curves where they belong", () => {
    expect(terminalPlot({ ...plot, series: [rising] }, 12, 3, plain)).toEqual([
      "A plot",
      "times",
      "",
      "10 ┤     ⢀⠔⠊",
      "   │  ⢀⡠⠊⠁  ",
      " 0 ┤⡠⠔⠁     ",
      "   └────────",
      "    1 KiB",
      "",
      "━━ rising",
    ]);
  });

  it("is as wide as there is room, and each curve has its colour", () => {
    const lines = terminalPlot(plot, 60, 10, (series, text) => `<${series}${text}>`);
    expect(lines.filter((line) => line.includes("<0")).length).toBeGreaterThan(5);
    expect(lines.at(-1)).toBe("<1━━ level>");
    for (const line of terminalPlot(plot, 60, 10, plain))
      expect(line.length).toBeLessThanOrEqual(60);
  });

  it("is nothing where nothing was measured", () => {
    expect(terminalPlot({ ...plot, series: [] }, 60, 10, plain)).toEqual([]);
    const point = { name: "one", colour: 0, points: [[1, 0] as const] };
    expect(terminalPlot({ ...plot, series: [point] }, 60, 4, plain).length).toBeGreaterThan(4);
  });
});
