// SPDX-License-Identifier: BSD-3-Clause
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Cache, cacheFolder, exists, keyOf } from "@knem/kernels";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "knem-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process of its own that makes the entry ("thing", {n: 1}), saying when it begins, in `seconds`. */
function maker(seconds: number) {
  const entry = new URL("../dist/index.js", import.meta.url).href;
  const code = `
    import { appendFileSync, writeFileSync } from "node:fs";
    const { Cache, catchInterrupts } = await import(${JSON.stringify(entry)});
    catchInterrupts();
    const sleep = (s) => new Promise((done) => setTimeout(done, s * 1000));
    await new Cache(${JSON.stringify(folder)}).entry("thing", { n: 1 }, async (half) => {
      appendFileSync(${JSON.stringify(join(folder, "made"))}, "x");
      writeFileSync(half + "/content", "half");
      console.log("begun");
      await sleep(${seconds});
      writeFileSync(half + "/content", "whole");
    });
    console.log("there");`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "pipe" });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const ended = new Promise<void>((done) => child.on("close", () => done()));
  const begun = new Promise<void>((done) => child.stdout.once("data", () => done()));
  return { child, ended, begun, said: () => output };
}

const content = () =>
  readFileSync(join(new Cache(folder).path("thing", { n: 1 }), "content"), "utf8");

test("the folder is KNEM_CACHE, else below XDG_CACHE_HOME, else below home", () => {
  expect(cacheFolder({ KNEM_CACHE: "/a", XDG_CACHE_HOME: "/b" })).toBe("/a");
  expect(cacheFolder({ XDG_CACHE_HOME: "/b" })).toBe("/b/knem");
  expect(cacheFolder({})).toMatch(/\/\.cache\/knem$/);
});

test("a key depends on what is in the inputs, not on their order", () => {
  expect(keyOf({ a: 1, b: [1, 2] })).toBe(keyOf({ b: [1, 2], a: 1 }));
  expect(keyOf({ a: 1, b: [1, 2] })).not.toBe(keyOf({ a: 1, b: [2, 1] }));
});

test("an entry is made once and then only found", async () => {
  const cache = new Cache(folder);
  let made = 0;
  const make = async (half: string) => writeFileSync(join(half, "n"), String(++made));
  const first = await cache.entry("thing", { n: 1 }, make);
  expect(await cache.entry("thing", { n: 1 }, make)).toBe(first);
  expect(await cache.entry("thing", { n: 2 }, make)).not.toBe(first);
  expect(made).toBe(2);
});

test("a maker that fails leaves nothing, and the next one begins afresh", async () => {
  const cache = new Cache(folder);
  const fail = async (half: string) => {
    writeFileSync(join(half, "half"), "");
    throw new Error("no");
  };
  await expect(cache.entry("thing", 1, fail)).rejects.toThrow("no");
  expect(readdirSync(join(folder, "thing")).filter((name) => !name.endsWith(".lock"))).toEqual([]);
  const path = await cache.entry("thing", 1, async () => {});
  expect(readdirSync(path)).toEqual([]);
});

test("concurrent runs make an entry once", async () => {
  const runs = [maker(0.4), maker(0.4), maker(0.4)];
  await Promise.all(runs.map(({ ended }) => ended));
  expect(runs.map(({ said }) => said().includes("there"))).toEqual([true, true, true]);
  expect(readFileSync(join(folder, "made"), "utf8")).toBe("x");
  expect(content()).toBe("whole");
});

test("what a killed maker left is not used but removed", async () => {
  const killed = maker(60);
  await killed.begun;
  killed.child.kill("SIGKILL");
  await killed.ended;
  const left = readdirSync(join(folder, "thing")).filter((name) => name.includes(".tmp-"));
  expect(left).toHaveLength(1);
  const second = maker(0);
  await second.ended;
  expect(content()).toBe("whole");
  expect(readdirSync(join(folder, "thing")).filter((name) => name.includes(".tmp-"))).toEqual([]);
});

test("half-made entries of other dead makers go too, those of living ones stay", async () => {
  const living = maker(3);
  await living.begun;
  mkdirSync(join(folder, "thing", "dead.tmp-1"));
  await new Cache(folder).entry("thing", { n: 2 }, async () => {});
  const names = readdirSync(join(folder, "thing"));
  expect(names).not.toContain("dead.tmp-1");
  expect(names.filter((name) => name.includes(".tmp-"))).toHaveLength(1);
  await living.ended;
  expect(content()).toBe("whole");
});

test("too little room is told before anything is made", async () => {
  const make = new Cache(folder).entry("thing", 1, async () => {}, { needs: 1e18 });
  await expect(make).rejects.toMatchObject({
    code: "DISK_FULL",
    what: expect.stringContaining(folder),
    why: expect.stringMatching(/GB are free there, 1000000000\.0 GB are needed/),
  });
});

test("running out of room in the middle is told as such and leaves nothing", async () => {
  const make = new Cache(folder).entry("thing", 1, async () => {
    throw Object.assign(new Error("write"), { code: "ENOSPC" });
  });
  await expect(make).rejects.toMatchObject({ code: "DISK_FULL" });
  expect(readdirSync(join(folder, "thing")).filter((name) => name.includes(".tmp-"))).toEqual([]);
});

test("a temporary folder is gone afterwards, whatever happened", async () => {
  const cache = new Cache(folder);
  let path = "";
  const work = cache.temporary("x", async (given) => {
    path = given;
    writeFileSync(join(given, "file"), "");
    throw new Error("no");
  });
  await expect(work).rejects.toThrow("no");
  expect(await exists(path)).toBe(false);
});
