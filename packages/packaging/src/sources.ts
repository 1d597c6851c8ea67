// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { sourceFiles } from "@knem/kernels";
import { debianChangelog, REVISION, rpmChangelog } from "./changelog.js";
import { trackedFiles } from "./checkout.js";
import type { Entry } from "./entry.js";
import type { Release } from "./release.js";

/** What the source has of a checkout, at the same places. */
const SHARED = ["LICENSES", "README.md", "dkms.conf", "docs", "include", "kernel-rs"];

/** What of a checkout lies at the top of the source: what builds and installs it where there is no checkout. */
const OWN = "packages/packaging/source";

/** The files of the source tarball, sorted, below its one folder. */
export async function sourceTree(checkout: string, release: Release): Promise<Entry[]> {
  const names = await listed(checkout);
  const copies = names.map((name) => ({
    to: name.startsWith(`${OWN}/`) ? relative(OWN, name) : name,
    content: { file: join(checkout, name) },
  }));
  const made = await written(join(checkout, OWN), release);
  return [...copies, ...made].sort((a, b) => (a.to < b.to ? -1 : 1));
}

/** What is not in a checkout, because the release is written into it. */
async function written(own: string, release: Release): Promise<Entry[]> {
  const template = await readFile(join(own, "knem.spec.in"), "utf8");
  const spec = template
    .replaceAll("@VERSION@", release.version)
    .replaceAll("@REVISION@", String(REVISION))
    .replaceAll("@CHANGELOG@", rpmChangelog(release));
  return [
    { to: "debian/changelog", content: { text: debianChangelog("knem", release) } },
    { to: "knem.spec", content: { text: spec } },
  ];
}

/** The files of a checkout that its source is made of, from its top. */
export async function listed(checkout: string): Promise<string[]> {
  const tracked = await trackedFiles(checkout, [...SHARED, OWN]);
  if (tracked) return tracked;
  const found = [...SHARED, OWN].map((name) => sourceFiles(join(checkout, name)));
  return (await Promise.all(found)).flat().map((file) => relative(checkout, file));
}
