// SPDX-License-Identifier: BSD-3-Clause
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  checkout,
  type Entry,
  epochOf,
  layOut,
  listed,
  sourceTree,
  versionOf,
} from "../src/index.js";

/** A folder that goes away with `remove`. */
export interface Scratch {
  readonly folder: string;
  remove(): Promise<void>;
}

export async function scratch(): Promise<Scratch> {
  const folder = await mkdtemp(join(tmpdir(), "knem-source-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Puts into `folder` what the source tarball of this checkout unpacks to; gives the version. */
export async function unpackSource(folder: string): Promise<string> {
  const version = await versionOf(checkout);
  await layOut(await sourceTree(checkout, { version, epoch: await epochOf(checkout) }), folder);
  return version;
}

/** What a checkout's source is made of, at the same places. */
export async function copyOf(top: string): Promise<Entry[]> {
  return (await listed(top)).map((to) => ({ to, content: { file: join(top, to) } }));
}
