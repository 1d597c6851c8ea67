// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { benchOptions } from "../src/options.js";
import { usualSubjects } from "../src/profile/subject.js";

describe("benchOptions", () => {
  it("measures everything unless told otherwise", () => {
    const all = {
      beds: ["uml", "qemu"],
      json: false,
      quick: false,
      overlap: false,
      writeDocs: false,
      experiments: false,
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

  it("looks at all that goals are set for, or at what is named", () => {
    expect(benchOptions(["--profile"]).profile).toBe(usualSubjects);
    expect(benchOptions(["--", "--profile", "create:4KiB", "get-info"]).profile).toEqual([
      { call: "create", bytes: 4096, pages: "small" },
      { call: "get-info", bytes: 0, pages: "small" },
    ]);
    expect(benchOptions(["--profile", "--module", "a.ko"])).toMatchObject({ module: "a.ko" });
    const again = ["--from", "a.json", "--profile", "--write-docs"];
    expect(benchOptions(again)).toMatchObject({ from: "a.json", writeDocs: true });
  });

  it("carries out experiments alone, or for figures that are there", () => {
    expect(benchOptions(["--experiments", "--bed", "uml"])).toMatchObject({
      beds: ["uml"],
      experiments: true,
    });
    const again = ["--from", "a.json", "--experiments", "--write-docs"];
    expect(benchOptions(again)).toMatchObject({ from: "a.json", experiments: true });
  });

  it.each([
    [["--bed", "moon"], "there is no bed moon"],
    [["--fast"], "--fast"],
    [["--compare"], "compare"],
    [["--write-docs", "--quick"], "--write-docs takes figures of everything"],
    [["--profile", "mkdir"], "mkdir is no call"],
    [["create:4KiB"], "create:4KiB is no option"],
    [["--module", "a.ko"], "--module is for --profile"],
    [["--write-docs", "--profile"], "--write-docs takes figures of everything"],
    [["--profile", "--experiments"], "one or the other"],
    [["--write-docs", "--experiments"], "--write-docs takes figures of everything"],
    [
      ["--from", "a.json", "--write-docs", "--experiments", "--quick"],
      "--write-docs takes figures of everything",
    ],
    [["--write-docs", "--bed", "uml"], "--write-docs takes figures of everything"],
  ])("refuses %j", (words, why) => {
    expect(() => benchOptions(words)).toThrow(
      expect.objectContaining({ code: "USAGE", why: expect.stringContaining(why) }),
    );
  });
});
