// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cache, exists } from "./cache.js";
import { makeDebian } from "./debian.js";
import { KnemError } from "./errors.js";
import type { Progress } from "./progress.js";
import type { Toolchain } from "./toolchains.js";

/** A Debian root with a toolchain in it; made once, never changed. */
export interface Root {
  /** The root's own key: what is made with it is keyed by it. */
  readonly key: string;
  /** The folder to enter. */
  readonly tree: string;
  readonly suite: string;
}

/**
 * The root of a toolchain, made by mmdebstrap if the cache has none of this month: suites get fixes, and a root must
 * not stay behind for ever. When the archive cannot be reached, an older one of the same packages will do.
 * Errors: ARCHIVE_UNREACHABLE, DISK_FULL, COMMAND_FAILED.
 */
export async function toolchainRoot(
  cache: Cache,
  toolchain: Toolchain,
  progress: Progress,
): Promise<Root> {
  const month = new Date().toISOString().slice(0, 7);
  const inputs = { ...toolchain, month, layout: 1 };
  try {
    const entry = await cache.entry(
      "root",
      inputs,
      (folder) =>
        progress.step(`making the ${toolchain.suite} toolchain root`, () =>
          make(toolchain, folder),
        ),
      { needs: 2.5e9 },
    );
    return rootIn(entry, toolchain);
  } catch (error) {
    const older = await earlier(cache, toolchain);
    if (!older || !(error instanceof KnemError) || error.code !== "ARCHIVE_UNREACHABLE")
      throw error;
    progress.note(`warning: ${error.what}; going on with the root made earlier`);
    return rootIn(older, toolchain);
  }
}

const rootIn = (entry: string, { suite }: Toolchain): Root => ({
  key: entry.split("/").pop() ?? "",
  tree: join(entry, "tree"),
  suite,
});

async function make(toolchain: Toolchain, folder: string): Promise<void> {
  const what = `the ${toolchain.suite} toolchain root could not be made`;
  await makeDebian({ ...toolchain, lean: true }, join(folder, "tree"), what);
  await writeFile(join(folder, "toolchain.json"), JSON.stringify(toolchain));
}

/** The newest root made of the same packages, if there is one. */
async function earlier(cache: Cache, toolchain: Toolchain): Promise<string | undefined> {
  const folder = join(cache.folder, "root");
  const wanted = JSON.stringify(toolchain);
  const found: { entry: string; made: number }[] = [];
  for (const name of (await exists(folder)) ? await readdir(folder) : []) {
    const record = join(folder, name, "toolchain.json");
    const whole = !name.includes(".") && (await exists(record));
    if (!whole || (await readFile(record, "utf8")) !== wanted) continue;
    found.push({ entry: join(folder, name), made: (await stat(record)).mtimeMs });
  }
  return found.sort((a, b) => b.made - a.made)[0]?.entry;
}
