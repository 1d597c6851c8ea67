// SPDX-License-Identifier: BSD-3-Clause
import { type Cache, type DebianSystem, makeDebian, type Progress, Sandbox } from "@knem/kernels";

/**
 * Where the programs of a Debian system run: one made this month, once. Errors: ARCHIVE_UNREACHABLE, DISK_FULL.
 */
export async function debianSandbox(
  cache: Cache,
  progress: Progress,
  title: string,
  system: DebianSystem,
): Promise<Sandbox> {
  const month = new Date().toISOString().slice(0, 7);
  const make = (folder: string) =>
    progress.step(`making the ${title}`, () =>
      makeDebian(system, `${folder}/tree`, `the ${title} could not be made`),
    );
  const entry = await cache.entry("root", { ...system, month }, make, { needs: 1.5e9 });
  const root = { key: entry.split("/").pop() ?? "", tree: `${entry}/tree`, suite: system.suite };
  return new Sandbox(root, cache);
}
