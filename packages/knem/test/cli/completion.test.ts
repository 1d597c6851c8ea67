// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { kinds } from "@knem/packaging";
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.js";
import { scripts } from "../../src/cli/completion/script.js";
import { packed, shells, vocabulary, type Word } from "../../src/cli/completion/vocabulary.js";

let all: Word[];
beforeAll(async () => {
  all = await vocabulary(commands);
});

describe("the vocabulary", () => {
  it("is that of the commands themselves", () => {
    expect(all.map(({ name }) => name)).toEqual(Object.keys(commands));
    const stats = all.find(({ name }) => name === "stats");
    expect(stats?.options).toContainEqual({
      ...{ name: "prometheus", value: "file" },
      description: expect.stringContaining("node_exporter"),
    });
    expect(stats?.options).toContainEqual({
      ...{ name: "interval", value: "other", description: expect.any(String) },
    });
    expect(packed).toEqual(kinds);
  });
});

describe("bash", () => {
  /** What bash offers after some words, the last of which may be the beginning of one. */
  function offered(...words: string[]): string[] {
    const tried = `COMP_WORDS=(knem "$@"); COMP_CWORD=$#; _knem; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const script = `${scripts.bash(all)}\n${tried}`;
    const said = execFileSync("bash", ["-c", script, "bash", ...words], { encoding: "utf8" });
    return said.split("\n").filter(Boolean);
  }

  it("completes commands, options, and what they are about", () => {
    expect(offered("be")).toEqual(["bench"]);
    expect(offered("")).toEqual(expect.arrayContaining(["stats", "doctor", "--version"]));
    expect(offered("bench", "o")).toEqual(["one-to-all", "overlap"]);
    expect(offered("stats", "--re")).toEqual(["--reset"]);
    expect(offered("params", "memlo")).toEqual(["memlock"]);
  });

  it("completes files where one is asked for, and nothing where it cannot know", () => {
    expect(offered("doctor", "--root", "/et")).toContain("/etc");
    expect(offered("stats", "--interval", "")).toEqual([]);
    expect(offered("nothing", "")).toEqual([]);
  });
});

describe.each(shells)("the script for %s", (shell) => {
  it("has every command, and every option of it", () => {
    const script = scripts[shell](all);
    for (const { name, options, words } of all) {
      const about = script
        .split("\n")
        .filter((line) => line.includes(name))
        .join("\n");
      for (const option of options)
        expect(about).toContain(shell === "fish" ? `-l ${option.name}` : `--${option.name}`);
      for (const word of words) expect(about).toContain(word);
    }
  });
});
