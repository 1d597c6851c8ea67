// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { timeline } from "../src/index.js";

it("draws each value in a panel of its own, from 0 to its most, over the same time", () => {
  const drawn = timeline("Load <1>", [
    {
      name: "Copied",
      unit: "MiB/s",
      points: [
        [0, 0],
        [5, 50],
        [10, 100],
      ],
    },
    {
      name: "Pinned",
      unit: "MiB",
      points: [
        [0, 4],
        [10, 2],
      ],
    },
  ]);
  const lines = [...drawn.matchAll(/<polyline points="([^"]+)"/g)].map((match) => match[1]);
  // Panels are 96 high; the first ends at 148, the second at 280.
  expect(lines).toEqual(["72,148 408,100 744,52", "72,184 744,232"]);
  expect(drawn).toContain(">Load &lt;1></text>");
  expect(drawn).toContain(">10 s</text>");
});

it("stands nothing at all", () => {
  expect(timeline("Nothing", [{ name: "Copied", unit: "MiB/s", points: [] }])).toContain("</svg>");
});
