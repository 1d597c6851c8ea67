// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Cache, type Target } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  checkout,
  machineKey,
  orderOf,
  plan,
  planDocument,
  planTable,
  versionOf,
} from "../src/index.js";
import { type Scratch, scratch } from "./source.js";

let place: Scratch;
beforeAll(async () => {
  place = await scratch();
});
afterAll(() => place.remove());

const target = (series: string, flavour: string): Target => ({
  ...{ suite: "trixie-backports", arch: "amd64", toolchain: "trixie" },
  ...{ series, flavour },
});
const known = [target("7.3", "cloud-amd64"), target("7.3", "amd64"), target("7.2", "amd64")];

describe("an order", () => {
  it("is for modules of the first kernel, of those asked for, or of all", () => {
    const of = (wishes: object) => orderOf({ kind: "kmod", ...wishes }, known).targets;
    expect(of({})).toEqual([known[0]]);
    expect(of({ all: true })).toEqual(known);
    expect(of({ kernel: "7.3" })).toEqual(known.slice(0, 2));
    expect(of({ kernel: "7.2", flavour: "amd64" })).toEqual([known[2]]);
    expect(() => of({ kernel: "9" })).toThrow(/no kernel is known/);
  });

  it("is for no kernel where no module is built", () => {
    expect(orderOf({ kind: "deb", all: true }, known).targets).toEqual([]);
  });

  it("goes to the checkout's build folder, or where it is told, from here", () => {
    expect(orderOf({ kind: "deb" }).out).toBe(join(checkout, "build/packages"));
    expect(orderOf({ kind: "deb", out: "there" }).out).toBe(join(process.cwd(), "there"));
  });
});

describe("a plan", () => {
  const of = async (kind: "tarball" | "deb" | "rpm") =>
    plan(orderOf({ kind, out: place.folder }), new Cache(join(place.folder, "cache")));

  it("names every file, what it is made from and what makes it", async () => {
    const version = await versionOf(checkout);
    const names = async (kind: "tarball" | "deb" | "rpm") =>
      (await of(kind)).products.map(({ file }) => file);
    expect(await names("tarball")).toEqual([`knem-${version}.tar.gz`]);
    expect(await names("deb")).toEqual(
      ["knem-dkms_V-1_all.deb", "knem-dev_V-1_all.deb", "knem_V-1_amd64.deb"].map((name) =>
        name.replace("V", version),
      ),
    );
    expect(await names("rpm")).toEqual(
      ["knem-dkms-V-1.noarch.rpm", "knem-devel-V-1.noarch.rpm", "knem-V-1.x86_64.rpm"].map((name) =>
        name.replace("V", version),
      ),
    );
  });

  it("is a table for people and a document for programs", async () => {
    const planned = await of("deb");
    const lines = planTable(planned).split("\n");
    expect(lines[0]).toMatch(/^file +made from +with$/);
    expect(lines.at(-1)).toBe(`into ${place.folder}`);
    expect(Object.keys(planDocument(planned))).toEqual([
      ...["kind", "version", "epoch", "out", "products", "kernels", "signedWith"],
    ]);
  });
});

describe("the machine's key", () => {
  it("is the first pair that is whole", async () => {
    const folder = join(place.folder, "keys");
    await mkdir(folder);
    const pair = (name: string) => ({
      key: join(folder, `${name}.key`),
      certificate: join(folder, `${name}.pub`),
    });
    const pairs = [pair("a"), pair("b")];
    expect(await machineKey(pairs)).toBeUndefined();
    await writeFile(pair("a").key, "");
    for (const path of Object.values(pair("b"))) await writeFile(path, "");
    expect(await machineKey(pairs)).toEqual(pair("b"));
  });
});

describe("the version", () => {
  it.each([
    ["dkms.conf", /^PACKAGE_VERSION="(.*)"$/m],
    ["include/knem.pc", /^Version: (.*)$/m],
    ["packages/knem/package.json", /^ {2}"version": "(.*)",$/m],
    ["Cargo.toml", /^version = "(.*)"$/m],
  ])("is the same in %s", async (file, pattern) => {
    const text = await readFile(join(checkout, file), "utf8");
    expect(pattern.exec(text)?.[1]).toBe(await versionOf(checkout));
  });
});
