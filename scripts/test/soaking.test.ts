// SPDX-License-Identifier: BSD-3-Clause
import { expect, test } from "vitest";
import { traces } from "../soaking.js";

test("throughput is what was copied between two looks; the rest is what there was", () => {
  const mib = 1 << 20;
  const samples = [
    { seconds: 1, bytes: 10 * mib, pinned: mib, slab: 20 * mib },
    { seconds: 3, bytes: 50 * mib, pinned: 2 * mib, slab: 21 * mib },
  ];
  expect(traces(samples).map(({ points }) => points)).toEqual([
    [[3, 20]],
    [
      [1, 1],
      [3, 2],
    ],
    [
      [1, 20],
      [3, 21],
    ],
  ]);
  expect(traces([]).map(({ points }) => points)).toEqual([[], [], []]);
});
