// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { merge } from "../src/merge.js";
import { cost, result } from "./sample.js";

const runs = (...results: ReturnType<typeof result>[]) =>
  results.map((one) => ({ results: [one], calls: [] }));

describe("merge", () => {
  const [counted, timed] = [result({ best: 1, instructions: 5 }), result({ best: 2 })];

  it("takes speed from the run that took time, and instructions from the one that counted", () => {
    const both = [result({ best: 2, instructions: 5 })];
    expect(merge(runs(counted, timed)).results).toEqual(both);
    expect(merge(runs(timed, counted)).results).toEqual(both);
  });

  it("keeps apart what differs in anything", () => {
    const others = [
      result({ bed: "qemu" }),
      result({ method: "memcpy" }),
      result({ bytes: 8 }),
      result({ pages: "huge" }),
      result({ readers: 2 }),
    ];
    expect(merge(runs(timed, ...others)).results).toHaveLength(6);
  });

  it("prefers the later one of two that are alike", () => {
    expect(merge(runs(timed, result({ best: 3 }))).results).toEqual([result({ best: 3 })]);
  });

  it("does the same for calls", () => {
    const [one, other] = [cost({}), cost({ instructions: null, best: 9 })];
    const calls = [one, other].map((call) => ({ results: [], calls: [call] }));
    expect(merge(calls).calls).toEqual([cost({ best: 9 })]);
  });
});
