// SPDX-License-Identifier: BSD-3-Clause
import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, statfs } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { run } from "./command.js";
import { KnemError, systemCode } from "./errors.js";
import { lock, locked } from "./lock.js";

/** The cache's folder: KNEM_CACHE, else $XDG_CACHE_HOME/knem, else ~/.cache/knem. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(
    env["KNEM_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "knem"),
  );
}

/** The key of a set of inputs (anything JSON can hold): the same inputs give the same key, in whatever order. */
export function keyOf(inputs: unknown): string {
  return createHash("sha256").update(canonical(inputs)).digest("hex").slice(0, 20);
}

export interface EntryOptions {
  /** The room that making the entry takes at its peak, in bytes; checked before making. */
  readonly needs?: number;
}

/**
 * Folders that are made once and then only read, each named by the hash of what it was made from. An entry is built
 * in a temporary sibling and renamed when whole, under a lock of its own, so that no run sees half of one and
 * concurrent runs make it once.
 */
export class Cache {
  private temporaries = 0;

  constructor(readonly folder: string = cacheFolder()) {}

  /** Where the entry is or would be. */
  path(kind: string, inputs: unknown): string {
    return join(this.folder, kind, keyOf(inputs));
  }

  /** Whether the entry is there, whole. */
  async has(kind: string, inputs: unknown): Promise<boolean> {
    return exists(this.path(kind, inputs));
  }

  /**
   * The folder of the entry, which `make` fills (in the folder that it is given) if it is not there yet.
   * Errors: DISK_FULL, CACHE_UNWRITABLE, and whatever `make` throws; none leaves anything behind.
   */
  async entry(
    kind: string,
    inputs: unknown,
    make: (folder: string) => Promise<void>,
    options: EntryOptions = {},
  ): Promise<string> {
    const path = this.path(kind, inputs);
    if (await exists(path)) return path;
    await this.prepare(dirname(path));
    return locked(`${path}.lock`, async () => {
      if (await exists(path)) return path;
      await this.sweep(dirname(path), basename(path));
      await this.checkRoom(options.needs ?? 0);
      await this.build(path, make, options.needs ?? 0);
      return path;
    });
  }

  /** A folder that lasts and changes (a compiler's target folder), used by one run at a time. */
  async shared<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
    const folder = join(this.folder, name);
    await this.prepare(folder);
    return locked(`${folder}.lock`, () => work(folder));
  }

  /** A folder for work of a moment, removed afterwards even when `work` fails. */
  async temporary<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
    const stamp = `${Date.now().toString(36)}_${(this.temporaries++).toString(36)}`;
    const path = join(this.folder, "tmp", `${name}-${process.pid}-${stamp}`);
    await this.prepare(dirname(path));
    const held = await lock(`${path}.lock`);
    try {
      await this.sweep(dirname(path));
      await mkdir(path);
      return await work(path);
    } finally {
      await remove(path);
      await rm(`${path}.lock`, { force: true });
      await held.release();
    }
  }

  private async build(path: string, make: (folder: string) => Promise<void>, needs: number) {
    const half = `${path}.tmp-${process.pid}`;
    try {
      await mkdir(half);
      await make(half);
      await rename(half, path);
    } catch (error) {
      await remove(half);
      throw await this.explain(error, needs);
    }
  }

  /** Removes what dead processes left half-made: whatever `kind` folder holds whose lock is free. */
  private async sweep(folder: string, mine?: string): Promise<void> {
    for (const name of await readdir(folder)) {
      const key =
        /^(.+)\.tmp-\d+$/.exec(name)?.[1] ?? (mine ? undefined : /^(.+-\d+-\w+)$/.exec(name)?.[1]);
      if (!key) continue;
      const held =
        key === mine ? undefined : await lock(join(folder, `${key}.lock`), { wait: false });
      if (key !== mine && !held) continue;
      await remove(join(folder, name));
      await held?.release();
    }
  }

  private async prepare(folder: string): Promise<void> {
    try {
      await mkdir(folder, { recursive: true });
    } catch (error) {
      throw new KnemError(
        {
          code: "CACHE_UNWRITABLE",
          what: `the cache folder ${folder} cannot be made`,
          why: error instanceof Error ? error.message : String(error),
          remedy: "set KNEM_CACHE to a folder of yours on a disk with 6 GB free",
        },
        { cause: error },
      );
    }
  }

  private async checkRoom(needs: number): Promise<void> {
    const free = await this.free();
    if (free < needs) throw this.full(needs, free);
  }

  /** Running out of space shows in many shapes; all of them are told as what they are. */
  private async explain(error: unknown, needs: number): Promise<unknown> {
    const text = error instanceof Error ? error.message : String(error);
    const told = systemCode(error) === "ENOSPC" || /no space left on device/i.test(text);
    return told ? this.full(needs, await this.free(), error) : error;
  }

  private async free(): Promise<number> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize;
  }

  private full(needs: number, free: number, cause?: unknown): KnemError {
    const why = `${gigabytes(free)} are free there${needs ? `, ${gigabytes(needs)} are needed` : ""}`;
    return new KnemError(
      {
        code: "DISK_FULL",
        what: `there is too little room in the cache folder ${this.folder}`,
        why,
        remedy: "free some room, or set KNEM_CACHE to a folder on a larger disk",
      },
      { cause },
    );
  }
}

/** Removes a tree, also one that belongs to the subordinate users of an ordinary user. */
export async function remove(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const code = systemCode(error);
    if ((code !== "EACCES" && code !== "EPERM") || process.getuid?.() === 0) throw error;
    const never = new AbortController().signal;
    const args = ["--user", "--map-root-user", "--map-auto", "rm", "-rf", path];
    const { status } = await run("unshare", args, { signal: never });
    if (status !== 0) throw error;
  }
}

/** Bytes as gigabytes with one decimal, for people. */
export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return false;
    throw error;
  }
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
