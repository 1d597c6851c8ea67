// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { Cache } from "./cache.js";
import { type CommandResult, must, run } from "./command.js";
import { type DebianSystem, makeDebian } from "./debian.js";
import { namespaces } from "./namespaces.js";
import type { Progress } from "./progress.js";
import {
  type Bind,
  bind,
  environment,
  forHost,
  furnish,
  networkFiles,
  quote,
  type SandboxOptions,
} from "./sandbox.js";

/** `trees` are of sandboxes alone: here, what is installed is installed for real. */
export type ChrootOptions = Omit<SandboxOptions, "trees">;

/**
 * A Debian system that may be changed: packages are installed into it for real, by its own apt, and removed again.
 * What is bound belongs under /run, /tmp or /root, which are of memory: nothing of it stays in the system.
 */
export class Chroot {
  constructor(
    /** The system's top, on the host. */
    readonly tree: string,
    private readonly stage: string,
  ) {}

  /** Runs `argv` inside as root; the result as of `run`. */
  async run(argv: readonly string[], options: ChrootOptions = {}): Promise<CommandResult> {
    return run("unshare", await this.arguments(argv, options), forHost(options));
  }

  /** Runs `argv` inside as root; a status other than 0 is an error, as of `must`. */
  async must(
    what: string,
    argv: readonly string[],
    options: ChrootOptions & { remedy?: string } = {},
  ): Promise<CommandResult> {
    const { remedy } = options;
    const host = { ...forHost(options), ...(remedy !== undefined && { remedy }) };
    return must(what, "unshare", await this.arguments(argv, options), host);
  }

  private async arguments(argv: readonly string[], options: ChrootOptions): Promise<string[]> {
    const network = (await networkFiles()).filter(({ to }) => to.startsWith("/etc/"));
    const script = enter(this.tree, this.stage, [...network, ...(options.binds ?? [])]);
    const own = { ...environment(), DEBIAN_FRONTEND: "noninteractive", ...options.env };
    const env = Object.entries(own).map(([key, value]) => `${key}=${value}`);
    const call = ["env", "-i", ...env, "sh", "-c", 'cd "$0" && exec "$@"', options.cwd ?? "/"];
    return [...namespaces(), "sh", "-euc", script, "chroot", ...call, ...argv];
  }
}

/**
 * Does `work` in a fresh copy of a Debian system, which is removed afterwards. What copies are taken from is made
 * once a month and kept in the cache.
 * Errors: ARCHIVE_UNREACHABLE, DISK_FULL, COMMAND_FAILED, and whatever `work` throws.
 */
export async function withChroot<T>(
  cache: Cache,
  system: DebianSystem,
  progress: Progress,
  work: (chroot: Chroot) => Promise<T>,
): Promise<T> {
  const original = await pristine(cache, system, progress);
  return cache.temporary("chroot", async (folder) => {
    const [tree, stage] = [join(folder, "tree"), join(folder, "stage")];
    const copy = 'mkdir "$2" && cp -a --reflink=auto "$0" "$1"';
    const what = "the Debian system could not be copied";
    await must(what, "unshare", [...namespaces(), "sh", "-c", copy, original, tree, stage]);
    return work(new Chroot(tree, stage));
  });
}

async function pristine(cache: Cache, system: DebianSystem, progress: Progress): Promise<string> {
  const month = new Date().toISOString().slice(0, 7);
  const make = (folder: string) =>
    progress.step(`making a ${system.suite} system`, () =>
      makeDebian(system, join(folder, "tree"), `the ${system.suite} system could not be made`),
    );
  const entry = await cache.entry("system", { ...system, month, layout: 1 }, make, { needs: 3e9 });
  return join(entry, "tree");
}

/** The shell script that gives the system what a running one has and runs its arguments in it. */
function enter(tree: string, stage: string, binds: readonly Bind[]): string {
  return [
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    `mount -t tmpfs -o mode=755 knem ${quote(stage)}`,
    `cd ${quote(stage)}`,
    "mkdir all",
    `mount --bind ${quote(tree)} all`,
    ...furnish,
    ...binds.flatMap(({ from, to, write }) => [point(from, to), ...bind(from, to, write ?? false)]),
    'chroot all "$@"',
  ].join("\n");
}

/** Something to bind to; mmdebstrap and packages have left most of what is not of memory. */
function point(from: string, to: string): string {
  const place = quote(`all${to}`);
  return `[ -e ${place} ] || if [ -d ${quote(from)} ]; then mkdir -p ${place}; else mkdir -p "$(dirname ${place})"; : > ${place}; fi`;
}
