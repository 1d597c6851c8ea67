// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { benchOptions } from "../src/options.js";

describe("benchOptions", () => {
  it("measures everything unless told otherwise", () => {
    const all = {
      beds: ["uml", "qemu"],
      json: false,
      quick: false,
      overlap: false,
      writeDocs: false,
    };
    expect(benchOptions([])).toEqual(all);
    expect(benchOptions(["--"])).toEqual(all);
  });

  it("reads what is asked for", () => {
    const words = ["--bed", "qemu", "--quick", "--json", "--compare", "old.json"];
    expect(benchOptions(words)).toMatchObject({
      beds: ["qemu"],
      json: true,
      quick: true,
      compare: "old.json",
    });
    expect(benchOptions(["--from", "a.json", "--write-docs"])).toMatchObject({
      from: "a.json",
      writeDocs: true,
    });
  });

  it.each([
    [["--bed", "moon"], "there is no bed moon"],
    [["--fast"], "--fast"],
    [["--compare"], "compare"],
    [["--write-docs", "--quick"], "--write-docs takes figures of everything"],
    [["--write-docs", "--bed", "uml"], "--write-docs takes figures of everything"],
  ])("refuses %j", (words, why) => {
    expect(() => benchOptions(words)).toThrow(
      expect.objectContaining({ code: "USAGE", why: expect.stringContaining(why) }),
    );
  });
});
