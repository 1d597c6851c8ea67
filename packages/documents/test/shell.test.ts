// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { commandsOf, wordsOf } from "../src/shell.js";

describe("commandsOf", () => {
  it("joins continued lines and leaves comments out", () => {
    expect(commandsOf("# first\na --b \\\n  c  # why\n\nd '#'e")).toEqual(["a --b c", "d '#'e"]);
  });
});

describe("wordsOf", () => {
  it("takes a line apart into its commands", () => {
    expect(wordsOf("A=1 sudo knem x | cat && source <(knem y z)")).toEqual([
      ["knem", "x"],
      ["cat"],
      ["source"],
      ["knem", "y", "z"],
    ]);
  });
});
