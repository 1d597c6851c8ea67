// SPDX-License-Identifier: BSD-3-Clause
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { exists } from "./cache.js";

/** What builds leave beside the sources; never part of a source tree. */
const PRODUCT =
  /(^\.|^target$|^node_modules$|\.(o|ko|a|so|mod|mod\.c|cmd|rmeta|symvers|order|node)$)/;

/** The source files under `folder` (or `folder` itself, if it is a file), sorted; none if it does not exist. */
export async function sourceFiles(folder: string): Promise<string[]> {
  if (!(await exists(folder))) return [];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [folder];
  const nested = entries
    .filter(({ name }) => !PRODUCT.test(name))
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? sourceFiles(path) : [path];
    });
  return (await Promise.all(nested)).flat().sort();
}

/** The hash of the names and contents of source files. */
export async function hashOf(top: string, files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    const content = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
    hash.update(`${relative(top, file)}\0${content}\n`);
  }
  return hash.digest("hex");
}

/**
 * Makes `to` hold exactly these files of `from`. A file whose content is the same is left alone, so that its time
 * stamp tells a build tool the truth whichever checkout it came from.
 */
export async function mirror(from: string, files: readonly string[], to: string): Promise<void> {
  const wanted = new Set(files.map((file) => relative(from, file)));
  for (const old of await sourceFiles(to)) {
    if (!wanted.has(relative(to, old))) await rm(old);
  }
  for (const name of wanted) {
    const [source, copy] = [join(from, name), join(to, name)];
    const same = (await exists(copy)) && (await readFile(copy)).equals(await readFile(source));
    if (same) continue;
    await mkdir(dirname(copy), { recursive: true });
    await cp(source, copy, { preserveTimestamps: false });
  }
}
