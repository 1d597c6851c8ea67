// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { compileClients } from "../src/clients.js";

describe("compileClients", () => {
  const lines = compileClients("amd64", "examples", "include", "/out").split("\n");

  it("compiles C and C++ of several years, and C for 32 bits", () => {
    const standards = lines.map((line) => /^(\S+) -std=(\S+)/.exec(line)?.slice(1, 3).join(" "));
    expect(standards).toEqual([
      "gcc c99",
      "gcc c11",
      "g++ c++11",
      "g++ c++17",
      "i686-linux-gnu-gcc c99",
    ]);
  });

  it("cross-compiles statically for arm64", () => {
    const foreign = compileClients("arm64", "examples", "include", "/out").split("\n");
    expect(foreign.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "aarch64-linux-gnu-gcc -std=c99",
      "aarch64-linux-gnu-g++ -std=c++17",
    ]);
    for (const line of foreign) expect(line).toContain(" -static ");
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
