// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { Line } from "../src/line.js";

describe("Line", () => {
  it("waits for one copy at a time, in order, whatever becomes of the others", async () => {
    const line = new Line();
    let waiting = 0;
    const begun: number[] = [];
    const submission = (index: number) => ({
      wait: async () => {
        begun.push(index);
        waiting += 1;
        expect(waiting).toBe(1);
        await new Promise(setImmediate);
        waiting -= 1;
        if (index === 1) throw new Error("it failed");
        return index;
      },
    });
    const ends = await Promise.allSettled([0, 1, 2].map((index) => line.add(submission(index))));
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(begun).toEqual([0, 1, 2]);
  });
});
