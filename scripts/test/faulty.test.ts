// SPDX-License-Identifier: BSD-3-Clause
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeMistake, mistakes, PATCHES } from "../faulty.js";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knem-faulty-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it("every mistake has its patch, and every patch is made", async () => {
  const files = await readdir(join(checkout, PATCHES));
  const names = files.map((file) => basename(file, ".patch"));
  expect(names.sort()).toEqual(mistakes.map(({ name }) => name).sort());
});

it.each(mistakes)("$name can be made in the module as it is", async ({ name }) => {
  await makeMistake(checkout, join(checkout, "kernel-rs"), name, folder);
});

it("a mistake that does not fit is told with its patch", async () => {
  const other = join(checkout, "include");
  await expect(makeMistake(checkout, other, "leaked-pin", folder)).rejects.toThrow(
    "leaked-pin.patch does not fit",
  );
});
