// SPDX-License-Identifier: BSD-3-Clause
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { blocksOf } from "../src/index.js";

const checkout = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const page = readFileSync(checkout("docs/mpi.md"), "utf8");

describe("the page about MPI libraries", () => {
  it("says of each command how it is known to be right", () => {
    const blocks = blocksOf(page);
    expect(blocks.length).toBeGreaterThan(10);
    expect(blocks.filter(({ mark }) => !mark)).toEqual([]);
  });

  it("names files that run the command's options", () => {
    for (const { text, mark } of blocksOf(page)) {
      if (!mark || !("proven" in mark)) continue;
      expect(existsSync(checkout(mark.proven))).toBe(true);
      const script = readFileSync(checkout(mark.proven), "utf8").replace('"$PREFIX"', "/opt/knem");
      for (const option of text.split(" ")) expect(script).toContain(option);
    }
  });

  it("has no block of commands that is not looked at", () => {
    const fences = page.split("\n").filter((line) => line.startsWith("```"));
    expect(fences.length).toBe(2 * blocksOf(page).length);
  });
});

describe("blocks", () => {
  it("without a mark, or with one that means nothing, have none", () => {
    const [none, unknown] = blocksOf("```sh\nls\n```\n```sh guest=vax\nls\n```\n");
    expect(none).toEqual({ text: "ls", line: 1 });
    expect(unknown?.mark).toBeUndefined();
  });
});
