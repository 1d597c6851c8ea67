// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { networkSettings } from "./archive.js";
import { type Cache, exists } from "./cache.js";
import { must } from "./command.js";
import { KnemError } from "./errors.js";
import { hostMirror } from "./mirror.js";
import { namespaces } from "./namespaces.js";
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

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

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
          make(toolchain, folder).catch(told),
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

/** mmdebstrap has one status for all; what apt could not fetch is told apart by its words. */
function told(error: unknown): never {
  const unreachable = /Failed to fetch|Could not (resolve|connect)|Temporary failure resolving/;
  if (!(error instanceof KnemError) || !unreachable.test(error.why)) throw error;
  const { what, why, remedy } = error;
  throw new KnemError({ code: "ARCHIVE_UNREACHABLE", what, why, remedy }, { cause: error });
}

const rootIn = (entry: string, { suite }: Toolchain): Root => ({
  key: entry.split("/").pop() ?? "",
  tree: join(entry, "tree"),
  suite,
});

async function make(toolchain: Toolchain, folder: string): Promise<void> {
  const tree = join(folder, "tree");
  const line = `deb [signed-by=${KEYRING}] ${await hostMirror()} ${toolchain.suite} main`;
  const options = [...(await settings()), `--include=${toolchain.packages.join(",")}`];
  const what = `the ${toolchain.suite} toolchain root could not be made`;
  const remedy = "check the network and the machine's apt sources, then run this again";
  if (process.getuid?.() === 0) {
    // In namespaces of their own, mounts and daemons of an interrupted run go away with it.
    const args = ["--mode=root", "--format=directory", ...options, toolchain.suite, tree, line];
    await must(what, "unshare", [...namespaces(), "mmdebstrap", ...args], { remedy });
  } else {
    // mmdebstrap's own user namespace cannot see into a private home: its tar is unpacked in one of ours.
    const tar = `${tree}.tar`;
    const args = ["--mode=unshare", "--format=tar", ...options, toolchain.suite, "-", line];
    await must(what, "sh", ["-c", 'exec mmdebstrap "$@" > "$0"', tar, ...args], { remedy });
    const unpack = 'mkdir "$1" && tar -C "$1" --exclude="./dev/*" -xf "$0" && rm "$0"';
    await must(what, "unshare", [...namespaces(), "sh", "-c", unpack, tar, tree], { remedy });
  }
  await writeFile(join(folder, "toolchain.json"), JSON.stringify(toolchain));
}

/** Documents and translations are left out, and nothing is flushed: a root cut short is never used. */
async function settings(): Promise<string[]> {
  const excluded = ["doc", "man", "locale", "info"].map(
    (name) => `path-exclude=/usr/share/${name}/*`,
  );
  const dpkg = [...excluded, "force-unsafe-io"];
  const apt = ['Acquire::Languages "none";', 'Acquire::Retries "2";', ...(await networkSettings())];
  return [
    "--variant=minbase",
    ...dpkg.map((option) => `--dpkgopt=${option}`),
    ...apt.map((option) => `--aptopt=${option}`),
  ];
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
