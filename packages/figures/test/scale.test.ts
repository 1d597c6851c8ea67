// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { scale } from "../src/scale.js";

describe("scale", () => {
  it.each([
    [1.3, 0.2, 1.4],
    [1, 0.2, 1],
    [24, 5, 25],
    [700, 100, 700],
    [0.03, 0.005, 0.03],
  ])("up to %d in steps of %d ends at %d", (most, step, end) => {
    const found = scale(most);
    expect(found.most).toBeCloseTo(end);
    expect(found.ticks[1]).toBeCloseTo(step);
  });
});
