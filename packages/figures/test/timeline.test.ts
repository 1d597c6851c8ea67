// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { timeline } from "../src/index.js";

const rising = { name: "a & b", unit: "MiB", points: [[0, 1] as const, [10, 4] as const] };
const level = { name: "copies", unit: "per second", points: [[0, 2] as const, [5, 2] as const] };
const drawn = timeline("A <soak>", [rising, level]);

/** Every pair of numbers of a curve. */
const curves = [...drawn.matchAll(/<polyline [^>]*points="([^"]*)"/g)].map(([, points = ""]) =>
  points.split(" ").map((point) => point.split(",").map(Number)),
);

describe("a timeline", () => {
  it("draws each value in a panel of its own, over the same time", () => {
    const [[[left, low] = [], [right, high] = []] = [], [, [half] = []] = []] = curves;
    expect(high).toBeLessThan(low ?? 0);
    expect(half).toBeCloseTo(((left ?? 0) + (right ?? 0)) / 2);
    expect(drawn).toContain(">10 s</text>");
    expect(drawn.match(/class="hue\d"/g)).toEqual(['class="hue0"', 'class="hue1"']);
  });

  it("has the time below the last axis, not on it", () => {
    const axes = [...drawn.matchAll(/<line [^>]*y1="([^"]*)"/g)].map(([, y]) => Number(y));
    const [, time] = /y="([^"]*)">0 s</.exec(drawn) ?? [];
    expect(Number(time) - Math.max(...axes)).toBeGreaterThan(13);
  });

  it("says what it shows, whatever the words are", () => {
    expect(drawn).toContain('aria-label="A &lt;soak&gt;"');
    expect(drawn).toContain('a &amp; b <tspan class="soft">MiB</tspan>');
  });

  it("does not mind values of which there are none", () => {
    expect(timeline("nothing", [{ ...level, points: [] }])).not.toMatch(/NaN|Infinity/);
  });
});
