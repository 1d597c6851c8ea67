// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { verdict } from "../../src/experiment/verdict.js";
import { times } from "./trial.js";

const mebibyte = 1 << 20;
const emulated = { bed: "qemu", what: "module-thread" } as const;

describe("verdict", () => {
  it("keeps what wins by 5 % wherever hardware is stood for", () => {
    const all = [times(1.05), times(2, { what: "woken", bytes: 4 * mebibyte })];
    expect(verdict(all, "split")).toEqual({
      kept: true,
      reason: expect.stringContaining(
        "1.05 times as good (every CPU has a copy of its own, 1 MiB)",
      ),
    });
  });

  it("does not keep what loses anywhere: at a size, or in a setting", () => {
    for (const other of [times(1.04, { bytes: 64 * mebibyte }), times(1.04, { what: "woken" })]) {
      const found = verdict([times(3), other], "split");
      expect(found?.kept).toBe(false);
      expect(found?.reason).toContain("only 1.04 times as good");
    }
  });

  it("does not mind smaller copies, and what decides nothing", () => {
    const others = [times(0.5, { bytes: mebibyte - 1 }), times(0.5, { what: "awake" })];
    expect(verdict([times(1.2), ...others], "split")?.kept).toBe(true);
  });

  it("takes a win in emulation for none", () => {
    const remark = "That it wins in emulation is no win.";
    expect(verdict([times(0.9), times(1.9, emulated)], "split")).toEqual({
      kept: false,
      reason: expect.stringContaining(remark),
    });
    expect(verdict([times(0.9), times(0.8, emulated)], "split")?.reason).not.toContain(remark);
  });

  it("says nothing of what was not tried where it counts", () => {
    expect(verdict([times(1.9, emulated)], "split")).toBeUndefined();
    expect(verdict([times(1.9)], "streaming")).toBeUndefined();
  });

  it("judges what is about no copy, where more is better", () => {
    const two = { what: "2-threads", bytes: 0, unit: "references/s" } as const;
    const found = (ratio: number) =>
      verdict([times(ratio, { experiment: "references", ...two })], "references");
    expect(found(9)).toEqual({
      kept: true,
      reason: expect.stringContaining("9.00 times as good (two threads)"),
    });
    expect(found(0.9)?.kept).toBe(false);
  });
});
