// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { changes, comparisonText } from "../src/compare.js";
import { cost, document, result } from "./sample.js";

/** A copy beside process_vm_readv, on a machine of some speed. */
const speeds = (ours: number, machine = 1) =>
  document([
    result({ best: ours * machine }),
    result({ method: "process_vm_readv", best: 1e9 * machine }),
  ]);

describe("changes", () => {
  it("compares ratios of one run, so that a faster machine changes nothing", () => {
    expect(changes(speeds(1.1e9), speeds(1.1e9, 3))).toEqual([]);
  });

  it("finds what became better or worse beyond chance", () => {
    expect(changes(speeds(1e9), speeds(1.04e9))).toEqual([]);
    const [better] = changes(speeds(1e9), speeds(1.5e9));
    expect(better).toMatchObject({ kind: "ratio", before: 1, after: 1.5, better: 1.5 });
    const [worse] = changes(speeds(1e9), speeds(0.5e9));
    expect(worse?.better).toBe(0.5);
  });

  it("compares instructions with instructions: fewer is better", () => {
    const counted = (instructions: number | null) => document([], [cost({ instructions })]);
    expect(changes(counted(1000), counted(1001))).toEqual([]);
    const [change] = changes(counted(999), counted(499));
    expect(change).toMatchObject({ kind: "instructions", before: 999, after: 499, better: 2 });
    expect(changes(counted(1000), counted(null))).toEqual([]);
  });

  it("puts the largest change first and leaves out what only one has", () => {
    const before = document([], [cost({}), cost({ call: "create", instructions: 100 })]);
    const after = document(
      [],
      [
        cost({ instructions: 650 }),
        cost({ call: "create", instructions: 300 }),
        cost({ call: "destroy" }),
      ],
    );
    expect(changes(before, after).map(({ what }) => what)).toEqual(["create", "get-info"]);
  });
});

describe("comparisonText", () => {
  it("has a line for each change, and a last one that counts", () => {
    const text = comparisonText(speeds(1e9), speeds(2e9));
    expect(text).toMatch(
      /^uml +inline-copy, 1 MiB : process_vm_readv +ratio +1\.00 +2\.00 +2\.00 better$/m,
    );
    expect(text).toMatch(/2 figures are in both, 1 changed beyond chance\.$/);
    expect(comparisonText(speeds(1e9), speeds(1e9))).toMatch(/^2 figures .* 0 changed/);
  });
});
