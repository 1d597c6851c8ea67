// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandScript, loadScript, quote, unloadScript } from "../src/script.js";

const words = ["plain", "two words", "it's", '$HOME `id` \\ "x"', "line\nbreak", "", "*"];

describe("quote", () => {
  it.each(words)("a shell reads %j as it is", (word) => {
    expect(execFileSync("sh", ["-c", `printf %s ${quote(word)}`]).toString()).toBe(word);
  });
});

describe("commandScript", () => {
  it("runs the command with its arguments and its environment alone", () => {
    const node = process.execPath;
    const program = "console.log(JSON.stringify([process.argv.slice(1), process.env]))";
    const script = commandScript([node, "-e", program, "--", ...words], { A: "it's" });
    const [argv, env] = JSON.parse(execFileSync("sh", ["-c", script]).toString());
    expect(argv).toEqual(words);
    expect(env).toMatchObject({ A: "it's", HOME: "/root", PATH: "/usr/bin:/usr/sbin" });
    expect(env).not.toHaveProperty("SHELL");
  });
});

describe("loading and unloading", () => {
  const module = (name: string, unload = true) => ({
    path: `/m/${name}.ko`,
    name,
    parameters: ["a=1 2"],
    unload,
  });

  it("loads in order, quoting parameters", () => {
    expect(loadScript([module("one"), module("two")])).toBe(
      "load '/m/one.ko' 'a=1 2'\nload '/m/two.ko' 'a=1 2'\n",
    );
  });

  it("unloads in reverse, but what is to stay", () => {
    expect(unloadScript([module("one"), module("two", false), module("three")])).toBe(
      "unload 'three'\nunload 'one'\n",
    );
  });
});
