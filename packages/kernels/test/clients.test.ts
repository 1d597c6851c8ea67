// SPDX-License-Identifier: BSD-3-Clause
import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { compileClients } from "../src/clients.js";

/** Compiler and standard of each way in which a source is compiled. */
const waysOf = (source: string, lines: readonly string[]) =>
  lines
    .filter((line) => line.includes(`/${source}.`))
    .map((line) => /^(\S+) -std=(\S+)/.exec(line)?.slice(1, 3).join(" "));

describe("compileClients", () => {
  const lines = compileClients("amd64", "examples", "include", "/out").split("\n");

  it("compiles C and C++ of several years, and C for 32 bits", () => {
    expect(waysOf("client", lines)).toEqual([
      "gcc c99",
      "gcc c11",
      "g++ c++11",
      "g++ c++17",
      "i686-linux-gnu-gcc c99",
    ]);
  });

  it("cross-compiles statically for arm64", () => {
    const foreign = compileClients("arm64", "examples", "include", "/out").split("\n");
    expect(waysOf("client", foreign)).toEqual([
      "aarch64-linux-gnu-gcc c99",
      "aarch64-linux-gnu-g++ c++17",
    ]);
    for (const line of foreign) expect(line).toContain(" -static ");
  });

  it("compiles every other example for 64 and 32 bits", async () => {
    const files = await readdir(new URL("../../../examples", import.meta.url));
    const others = files.filter((name) => name.endsWith(".c") && name !== "client.c");
    expect(others.length).toBeGreaterThan(0);
    for (const name of others) {
      const ways = waysOf(name.replace(/\.c$/, ""), lines);
      expect({ name, ways }).toEqual({ name, ways: ["gcc c99", "i686-linux-gnu-gcc c99"] });
    }
  });

  it("is as strict as others may be", () => {
    const strict = lines.filter((line) => / -Wall -Wextra -Werror -pedantic /.test(line));
    expect(strict).toEqual(lines);
  });

  it("gives each program a name of its own", () => {
    const names = lines.map((line) => / -o \/out\/(\S+)$/.exec(line)?.[1]);
    expect(new Set(names).size).toBe(lines.length);
    expect(names).not.toContain(undefined);
  });
});
