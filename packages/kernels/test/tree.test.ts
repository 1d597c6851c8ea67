// SPDX-License-Identifier: BSD-3-Clause
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { checkVermagic } from "../src/build.js";
import { enter } from "../src/sandbox.js";
import { hashOf, mirror, sourceFiles } from "../src/tree.js";

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "knem-tree-"));
  mkdirSync(join(top, "a/host"), { recursive: true });
  for (const name of ["a/main.rs", "a/host/pages.rs"]) writeFileSync(join(top, name), name);
});
afterEach(() => rmSync(top, { recursive: true }));

const from = () => join(top, "a");
const to = () => join(top, "b");
const copyAll = async () => mirror(from(), await sourceFiles(from()), to());

test("what a build leaves behind is no source", async () => {
  const before = await hashOf(from(), await sourceFiles(from()));
  for (const name of ["knem.ko", "main.o", ".main.o.cmd", "knem.mod.c", "Module.symvers"]) {
    writeFileSync(join(from(), name), "");
  }
  expect(await hashOf(from(), await sourceFiles(from()))).toBe(before);
  writeFileSync(join(from(), "host/pages.rs"), "changed");
  expect(await hashOf(from(), await sourceFiles(from()))).not.toBe(before);
});

test("a file renamed is another tree", async () => {
  const before = await hashOf(from(), await sourceFiles(from()));
  rmSync(join(from(), "main.rs"));
  writeFileSync(join(from(), "mein.rs"), "a/main.rs");
  expect(await hashOf(from(), await sourceFiles(from()))).not.toBe(before);
});

test("a mirror touches only what changed and forgets what is gone", async () => {
  await copyAll();
  const old = new Date("2020-01-01");
  for (const name of ["main.rs", "host/pages.rs"]) utimesSync(join(to(), name), old, old);
  // Older than the copy, as in a checkout made before: the content decides.
  writeFileSync(join(from(), "main.rs"), "changed");
  utimesSync(join(from(), "main.rs"), new Date("2010-01-01"), new Date("2010-01-01"));
  writeFileSync(join(from(), "new.rs"), "");
  await copyAll();
  expect(statSync(join(to(), "main.rs")).mtimeMs).toBeGreaterThan(old.getTime() + 1e9);
  expect(statSync(join(to(), "host/pages.rs")).mtime).toEqual(old);
  rmSync(join(from(), "new.rs"));
  await copyAll();
  expect((await sourceFiles(to())).map((file) => file.slice(to().length))).toEqual([
    "/host/pages.rs",
    "/main.rs",
  ]);
});

test("a module for another kernel is refused", () => {
  expect(() => checkVermagic("7.3.4+deb13-amd64 SMP preempt", "7.3.4+deb13-cloud-amd64")).toThrow(
    /not one for 7\.3\.4\+deb13-cloud-amd64.*7\.3\.4\+deb13-amd64/,
  );
  checkVermagic("7.3.4+deb13-amd64 SMP preempt", "7.3.4+deb13-amd64");
});

test("paths are words of the shell whatever they hold, and only what is asked for can be written", () => {
  const script = enter(
    "/r:o'ot",
    "/st age",
    ["/tree"],
    [
      { from: "/x", to: "/knem/x" },
      { from: "/y", to: "/knem/y", write: true },
    ],
  );
  expect(script).toContain("mount --bind '/r:o'\\''ot' layer1");
  expect(script).toContain("lowerdir=points:layer0:layer1");
  expect(script).toContain("remount,bind,ro 'all/knem/x'");
  expect(script).not.toContain("remount,bind,ro 'all/knem/y'");
});
