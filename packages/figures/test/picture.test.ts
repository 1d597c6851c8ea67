// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { svg } from "../src/picture.js";

const plot = {
  title: "A < B",
  values: "times",
  series: [
    { name: "one", colour: 0, points: [[1024, 1] as const, [4096, 2] as const] },
    { name: "two", colour: 3, points: [[1024, 1.9] as const, [4096, 2.01] as const] },
    { name: "empty", colour: 2, points: [] },
    { name: "limit", colour: 1, reference: true, points: [[1024, 1] as const, [4096, 1] as const] },
  ],
};

/** What an attribute is in each of the elements that match. */
const values = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((m) => m[1]);

describe("svg", () => {
  const drawn = svg(plot);

  it("draws a line and its points for each series that has any", () => {
    expect(drawn.match(/<polyline/g)).toHaveLength(3);
    expect(drawn.match(/<path/g)).toHaveLength(6);
    expect(drawn).toContain("<title>two, 4 KiB: 2.01</title>");
    expect(drawn).not.toContain("empty");
    expect(drawn.match(/stroke-dasharray/g)).toHaveLength(1);
  });

  it("puts larger values higher and larger copies further right", () => {
    const [a, b] = values(drawn, /<polyline points="([^"]*)"/g)[0]?.split(" ") ?? [];
    const [x, y] = (a ?? "").split(",").map(Number);
    const [x2, y2] = (b ?? "").split(",").map(Number);
    expect(Number(x2)).toBeGreaterThan(Number(x));
    expect(Number(y2)).toBeLessThan(Number(y));
  });

  it("gives a name the same colour wherever it stands, and none to what others are measured against", () => {
    const colours = values(drawn, /<g class="([^"]*)"/g);
    const turned = svg({ ...plot, series: [...plot.series].reverse() });
    expect(values(turned, /<g class="([^"]*)"/g)).toEqual([...colours].reverse());
    expect(new Set(colours).size).toBe(3);
    expect(colours[2]).toBe("grey");
  });

  it("gives points a shape of their series, which needs no colour to be seen", () => {
    const shapes = values(drawn, /<path d="([^"]*)"/g);
    expect(new Set(shapes.slice(0, 4)).size).toBe(2);
  });

  it("names as many sizes as there is room for, the smallest and the largest among them", () => {
    const points = Array.from({ length: 21 }, (_, at) => [2 ** at, 1] as const);
    const many = svg({ ...plot, series: [{ name: "many", colour: 0, points }] });
    const places = values(many, /<text class="soft" x="([^"]*)" y="356"/g).map(Number);
    const gaps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(56);
    expect(many).toMatch(/>1 B<[\s\S]*>1 MiB</);
  });

  it("keeps names apart", () => {
    const places = values(drawn, /<text class="name [^"]*" x="572" y="([^"]*)"/g).map(Number);
    expect(places).toHaveLength(3);
    const gaps = places.slice(1).map((place, index) => place - (places[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(17.9);
  });

  it("is well-formed, whatever the words are", () => {
    expect(drawn).toContain("A &lt; B");
    const open = drawn.match(/<[a-z]/g)?.length;
    const closed = (drawn.match(/<\//g)?.length ?? 0) + (drawn.match(/\/>/g)?.length ?? 0);
    expect(open).toBe(closed);
  });

  it("does not mind a plot without figures", () => {
    expect(svg({ ...plot, series: [] })).not.toMatch(/NaN|Infinity/);
  });
});
