// SPDX-License-Identifier: BSD-3-Clause
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "@knem/kernels";

const kept = 20;

/**
 * Keeps a failed guest's kernel log: a copy of `console` under `name` in `folder`, of which the newest 20 stay (names
 * begin with the time). Gives its path, or undefined if there is no log, or no room for one more.
 */
export async function keepLog(
  folder: string,
  name: string,
  console: string,
): Promise<string | undefined> {
  const path = join(folder, name);
  try {
    await mkdir(folder, { recursive: true });
    await copyFile(console, path);
  } catch (error) {
    // The fault itself matters more than the whole of its log.
    if (["ENOENT", "ENOSPC", "EACCES", "EROFS"].includes(systemCode(error) ?? "")) return undefined;
    throw error;
  }
  const logs = (await readdir(folder)).filter((file) => file.endsWith(".log")).sort();
  await Promise.all(logs.slice(0, -kept).map((file) => rm(join(folder, file), { force: true })));
  return path;
}

/** A name that sorts by time and that no other guest has. */
export function logName(guest: number, now = new Date()): string {
  return `${now.toISOString().replaceAll(":", "-")}-${process.pid}-${guest}.log`;
}
