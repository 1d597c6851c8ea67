// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { Symbols } from "../../src/profile/symbols.js";
import { kernel, place } from "./recorded.js";

describe("Symbols", () => {
  const symbols = Symbols.parse(kernel("first", "second", "knem:third"));

  it("finds the function that an address lies in", () => {
    expect(symbols.at(place(0))).toEqual({ name: "first", start: place(0) });
    expect(symbols.at(place(1, 0xff))).toEqual({ name: "second", start: place(1) });
    expect(symbols.at(place(7))).toEqual({ name: "third", start: place(2), module: "knem" });
  });

  it("knows nothing of user space, nor of what lies before everything", () => {
    expect(symbols.at("00007f0000000000")).toBeUndefined();
    expect(symbols.at("ffffffff80000000")).toBeUndefined();
  });

  it("takes the first of several names, no data and no labels, in any order", () => {
    const text = [
      `${place(2)} T later`,
      `${place(1)} t __pi_memcpy`,
      `${place(1)} T memcpy`,
      `${place(1, 8)} t .Ltmp7\t[knem]`,
      `${place(1, 9)} d table`,
      `${place(0)} t earlier`,
    ].join("\n");
    expect(Symbols.parse(text).at(place(1, 16))?.name).toBe("__pi_memcpy");
    expect(Symbols.parse(text).at(place(0, 1))?.name).toBe("earlier");
  });

  it("renames", () => {
    const loud = Symbols.parse(kernel("first"), (name) => name.toUpperCase());
    expect(loud.at(place(0))?.name).toBe("FIRST");
  });
});
