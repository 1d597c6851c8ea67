// SPDX-License-Identifier: BSD-3-Clause

import { KnemError, render } from "@knem/errors";
import { describe, expect, it } from "vitest";
import { exit, exitStatus } from "../src/cli/exit.js";
import { table } from "../src/cli/table.js";
import { translate } from "../src/errors.js";
import { unsigned } from "../src/number.js";
import { regionRequest } from "../src/region.js";

describe("translate", () => {
  it("takes the three lines of the native part apart", () => {
    const code = "KNEM_NO_DEVICE";
    const native = Object.assign(new Error("it fell\n  why: gravity\n  what to do: pick it up"), {
      code,
    });
    expect(translate(native)).toMatchObject({
      code,
      what: "it fell",
      why: "gravity",
      remedy: "pick it up",
    });
  });

  it("leaves everything else as it is", () => {
    const mistake = new TypeError("x is not a function");
    expect(translate(mistake)).toBe(mistake);
    const ours = new KnemError({ code: "KNEM_NO_BINDING", what: "a", why: "b", remedy: "c" });
    expect(translate(ours)).toBe(ours);
    expect(render(mistake)).toContain("pieces.test");
  });
});

describe("unsigned", () => {
  it("takes whole numbers", () => {
    expect(unsigned(5, "offset")).toBe(5n);
    expect(unsigned(2n ** 63n, "offset")).toBe(2n ** 63n);
  });

  it.each([0.5, Number.NaN, 2 ** 60, -1])("refuses %d", (value) => {
    expect(() => unsigned(value, "offset")).toThrow(KnemError);
  });
});

describe("regionRequest", () => {
  it("opens a region for reading unless said", () => {
    expect(regionRequest({})).toEqual({
      readable: true,
      writable: false,
      singleUse: false,
      anyUser: false,
    });
    expect(regionRequest({ protection: "none", singleUse: true, anyUser: true })).toEqual({
      readable: false,
      writable: false,
      singleUse: true,
      anyUser: true,
    });
    expect(regionRequest({ protection: "write" })).toMatchObject({
      readable: false,
      writable: true,
    });
    expect(regionRequest({ protection: "read-write" })).toMatchObject({
      readable: true,
      writable: true,
    });
  });
});

describe("table", () => {
  it("aligns names to the left and numbers to the right", () => {
    expect(
      table([
        ["a", 5],
        ["bcd", 1234],
        ["e", "text"],
      ]),
    ).toEqual(["a       5", "bcd  1234", "e    text"]);
    expect(table([])).toEqual([]);
  });
});

describe("exitStatus", () => {
  it("is one per kind of error", () => {
    const of = (code: string) => exitStatus(new KnemError({ code, what: "", why: "", remedy: "" }));
    expect(of("KNEM_NO_DEVICE")).toBe(exit.noDevice);
    expect(of("KNEM_ABI_MISMATCH")).toBe(exit.wrongModule);
    expect(of("KNEM_SOMETHING_NEW")).toBe(exit.failure);
    expect(exitStatus(new Error("x"))).toBe(exit.failure);
  });
});
