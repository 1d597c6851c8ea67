// SPDX-License-Identifier: BSD-3-Clause
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Progress, table, Workshop } from "@knem/kernels";
import { makeDebs } from "./deb.js";
import { makeKmods } from "./kmod.js";
import { type Maker, packSource } from "./make.js";
import type { Kind } from "./order.js";
import type { Plan } from "./plan.js";
import { makeRpms } from "./rpm.js";

/** A file that was made. */
export interface Made {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const makeTarball: Maker = (plan, workshop, take) =>
  workshop.cache.temporary("source", async (folder) => {
    await packSource(plan, workshop, folder);
    await take(folder);
  });

const makers: Readonly<Record<Kind, Maker>> = {
  tarball: makeTarball,
  deb: makeDebs,
  rpm: makeRpms,
  kmod: makeKmods,
};

/**
 * Makes what a plan says; nothing is put in its place before all is made and checked.
 * Errors: COMMAND_FAILED, DISK_FULL, and those of what is built.
 */
export async function apply(plan: Plan, workshop?: Workshop): Promise<Made[]> {
  const made: Made[] = [];
  const opened = workshop ?? (await Workshop.open(new Progress()));
  await makers[plan.kind](plan, opened, async (folder) => {
    await mkdir(plan.out, { recursive: true });
    for (const { file } of plan.products) {
      made.push(await place(join(folder, file), join(plan.out, file)));
    }
  });
  return made;
}

/** Copies a file to its place, where it appears whole or not at all. */
async function place(from: string, path: string): Promise<Made> {
  const half = `${path}.${process.pid}`;
  try {
    await copyFile(from, half);
    await rename(half, path);
  } finally {
    await rm(half, { force: true });
  }
  const content = await readFile(path);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return { path, bytes: content.length, sha256 };
}

/** What was made, for people. */
export function madeTable(made: readonly Made[]): string {
  const rows = made.map(({ path, bytes, sha256 }) => [path, bytes, sha256]);
  return table(["file", "bytes", "sha256"], rows);
}
