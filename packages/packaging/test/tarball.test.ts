// SPDX-License-Identifier: BSD-3-Clause
import { chmod, mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Cache, must } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { epochOf, pack, sourceTree, versionOf } from "../src/index.js";
import { type Scratch, scratch } from "./source.js";

let place: Scratch;
let top: string;
let cache: Cache;
const release = { version: "1.2.3", epoch: 1_000_000_000 };

const files: Readonly<Record<string, string>> = {
  "kernel-rs/abi.rs": 'pub const VERSION: &str = "1.2.3";\n',
  "kernel-rs/main.rs": "",
  "include/knem_io.h": "",
  "crates/knem/lib.rs": "",
  "packages/packaging/source/configure": "#!/bin/sh\n",
  "packages/packaging/source/debian/rules": "",
  "packages/packaging/source/knem.spec.in":
    "Version: @VERSION@\nRelease: @REVISION@\n@CHANGELOG@\n",
};

async function write(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await chmod(join(folder, "packages/packaging/source/configure"), 0o700);
}

beforeAll(async () => {
  place = await scratch();
  top = join(place.folder, "checkout");
  cache = new Cache(join(place.folder, "cache"));
  await write(top);
});
afterAll(() => place.remove());

/** Names, modes and owners in a tarball. */
async function listing(file: string): Promise<string[]> {
  const args = ["--list", "--verbose", "--numeric-owner", "--utc", "--full-time", "-f", file];
  const { stdout } = await must("the tarball cannot be listed", "tar", args);
  return stdout.trim().split("\n");
}

async function packed(checkout: string, name: string): Promise<string> {
  const file = join(place.folder, name);
  await pack(cache, await sourceTree(checkout, release), { top: "t", epoch: release.epoch, file });
  return file;
}

describe("the source tree", () => {
  it("has what is shared, and at its top what is its own; nothing else, in order", async () => {
    const names = (await sourceTree(top, release)).map(({ to }) => to);
    expect(names).toEqual([
      ...["configure", "debian/changelog", "debian/rules", "include/knem_io.h"],
      ...["kernel-rs/abi.rs", "kernel-rs/main.rs", "knem.spec", "knem.spec.in"],
    ]);
  });

  it("has the version and the date filled in", async () => {
    const entries = await sourceTree(top, release);
    const text = (name: string) => {
      const content = entries.find(({ to }) => to === name)?.content ?? { text: "" };
      return "text" in content ? content.text : "";
    };
    expect(text("knem.spec")).toMatch(
      /^Version: 1\.2\.3\nRelease: 1\n\* Sun Sep 09 2001 .* - 1\.2\.3-1\n- /,
    );
    expect(text("debian/changelog")).toMatch(/^knem \(1\.2\.3-1\) /);
    expect(text("debian/changelog")).toContain("  Sun, 09 Sep 2001 01:46:40 +0000\n");
  });

  it("has of a git checkout what git keeps, and no more", async () => {
    const checkout = join(place.folder, "git");
    await write(checkout);
    const identity = ["-c", "user.name=n", "-c", "user.email=e"];
    const git = (...args: string[]) => must("git failed", "git", ["-C", checkout, ...args]);
    await git("init", "-q");
    await git("add", ".");
    await git(...identity, "commit", "-qm", "m", "--date=2001-01-01T00:00:00Z");
    await writeFile(join(checkout, "kernel-rs/stray.rs"), "");
    const names = (await sourceTree(checkout, release)).map(({ to }) => to);
    expect(names).toEqual((await sourceTree(top, release)).map(({ to }) => to));
  });
});

describe("a tarball", () => {
  it("bears one time, no owner and two modes", async () => {
    const lines = await listing(await packed(top, "a.tar.gz"));
    const shape = /^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) 0\/0 +\d+ 2001-09-09 01:46:40 t\//;
    expect(lines.filter((line) => !shape.test(line))).toEqual([]);
    expect(lines.find((line) => line.endsWith(" t/configure"))).toMatch(/^-rwxr-xr-x/);
    expect(lines.find((line) => line.endsWith(" t/kernel-rs/main.rs"))).toMatch(/^-rw-r--r--/);
  });

  it("is the same bytes whenever, wherever and by whomever it is made", async () => {
    const first = await readFile(await packed(top, "b.tar.gz"));
    const elsewhere = join(place.folder, "elsewhere");
    const old = process.umask(0o077);
    await write(elsewhere);
    await utimes(join(elsewhere, "kernel-rs/main.rs"), 1, 1);
    const second = await readFile(await packed(elsewhere, "c.tar.gz"));
    process.umask(old);
    expect(second.equals(first)).toBe(true);
    await writeFile(join(elsewhere, "kernel-rs/main.rs"), "// changed\n");
    expect((await readFile(await packed(elsewhere, "d.tar.gz"))).equals(first)).toBe(false);
  });
});

describe("the version", () => {
  it("is the one of abi.rs", async () => {
    expect(await versionOf(top)).toBe("1.2.3");
  });

  it("is missed where there is none", async () => {
    const bare = join(place.folder, "bare");
    await mkdir(join(bare, "kernel-rs"), { recursive: true });
    await writeFile(join(bare, "kernel-rs/abi.rs"), "");
    await expect(versionOf(bare)).rejects.toMatchObject({ code: "NO_VERSION" });
  });
});

describe("the date", () => {
  it("is what SOURCE_DATE_EPOCH says", async () => {
    expect(await epochOf(top, { SOURCE_DATE_EPOCH: "17" })).toBe(17);
    const bad = epochOf(top, { SOURCE_DATE_EPOCH: "yesterday" });
    await expect(bad).rejects.toMatchObject({ code: "BAD_EPOCH" });
  });

  it("is that of the file with the version, where there is no git", async () => {
    await utimes(join(top, "kernel-rs/abi.rs"), 1234, 1234);
    expect(await epochOf(top, {})).toBe(1234);
  });
});
