// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { proofOf, readPage } from "@knem/documents";
import { describe, expect, it } from "vitest";
import { attemptsOf } from "../src/index.js";

const page = readFileSync(fileURLToPath(new URL("../../../docs/mpi.md", import.meta.url)), "utf8");

describe("attemptsOf", () => {
  it("has each block that a stack is to run, once", () => {
    const blocks = readPage(page).blocks.filter(({ info }) => proofOf(info)?.kind === "stack");
    const systems = ["bookworm", "trixie"] as const;
    const lines = systems.flatMap((system) =>
      attemptsOf(page, system).map(({ block }) => block.line),
    );
    expect(blocks.length).toBeGreaterThan(10);
    expect(lines.sort((a, b) => a - b)).toEqual(blocks.map(({ line }) => line));
  });

  it("runs the command as it stands, as a member of the group, with the plugins", () => {
    const [{ attempt } = { attempt: undefined }] = attemptsOf(
      "```sh guest=mpich\nls\n```\n",
      "bookworm",
    );
    expect(attempt?.name).toBe("page, line 1");
    expect(attempt?.command.at(-1)).toMatch(/reader\.mpich && PATH=.*; ls$/);
    expect(attempt?.command.join(" ")).toContain("libuct_knem.so.0");
  });

  it("refuses a block for a machine that is not there", () => {
    const wrong = "```sh guest=vax\nls\n```\n";
    expect(() => attemptsOf(wrong, "bookworm")).toThrow(/vax.*openmpi5/);
  });
});
