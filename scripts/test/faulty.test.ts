// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { mirror, sourceFiles } from "@knem/kernels";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mistakes } from "../faulty.js";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const patches = join(checkout, "scripts/faulty");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "knem-faulty-"));
  const sources = join(checkout, "kernel-rs");
  await mirror(sources, await sourceFiles(sources), folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("every mistake has its patch, and every patch is made", async () => {
  const files = (await readdir(patches)).map((file) => basename(file, ".patch"));
  expect(files.sort()).toEqual(mistakes.map(({ name }) => name).sort());
});

it.each(mistakes)("$name can be made in the module as it is", ({ name }) => {
  const args = ["apply", "--check", "-p0", join(patches, `${name}.patch`)];
  execFileSync("git", args, { cwd: folder, stdio: "pipe" });
});
