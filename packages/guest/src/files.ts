// SPDX-License-Identifier: BSD-3-Clause
import { lstat, readdir, readlink, stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { KnemError, systemCode } from "@knem/kernels";
import type { CpioEntry } from "./cpio.js";
import type { GuestFile } from "./job.js";

const taken = /^\/(usr|s?bin|lib|lib64|dev|proc|sys|base|knem|init)(\/|$)/;

/**
 * The archive entries of a job's files: folders are walked, links in them kept as links, sockets and devices left out.
 * Errors: GUEST_PATH_INVALID (a guest path that is relative or belongs to the base image), GUEST_FILE_MISSING.
 */
export async function entriesOf(files: readonly GuestFile[]): Promise<CpioEntry[]> {
  const lists = await Promise.all(files.map((file) => entriesOfOne(file)));
  return lists.flat();
}

async function entriesOfOne(file: GuestFile): Promise<CpioEntry[]> {
  const path = guestPath(file.to);
  if ("content" in file) {
    const content = Buffer.from(file.content);
    return [{ path, type: "file", mode: file.mode ?? 0o644, content }];
  }
  try {
    // A link named by the job itself stands for what it points to.
    const info = await stat(file.from);
    if (info.isDirectory()) return await walk(file.from, path);
    const mode = file.mode ?? info.mode & 0o7777;
    return [{ path, type: "file", mode, from: file.from, size: info.size }];
  } catch (error) {
    throw systemCode(error) === "ENOENT" ? missing(file.from, file.to, error) : error;
  }
}

async function walk(from: string, path: string): Promise<CpioEntry[]> {
  const info = await lstat(from);
  const mode = info.mode & 0o7777;
  if (info.isSymbolicLink()) return [{ path, type: "link", target: await readlink(from) }];
  if (info.isFile()) return [{ path, type: "file", mode, from, size: info.size }];
  if (!info.isDirectory()) return [];
  const names = (await readdir(from)).sort();
  const inner = await Promise.all(
    names.map((name) => walk(join(from, name), posix.join(path, name))),
  );
  return [{ path, type: "folder", mode }, ...inner.flat()];
}

/** Puts the folders that entries lie in before them, each once, and the last of several entries of one path. */
export function withFolders(entries: readonly CpioEntry[]): CpioEntry[] {
  const all = new Map<string, CpioEntry>();
  for (const entry of entries) {
    const parts = entry.path.split("/").slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth++) {
      const path = parts.slice(0, depth).join("/");
      if (!all.has(path)) all.set(path, { path, type: "folder", mode: 0o755 });
    }
    all.set(entry.path, entry);
  }
  return [...all.values()];
}

function guestPath(to: string): string {
  const path = posix.normalize(to);
  if (path.startsWith("/") && path !== "/" && !taken.test(path))
    return path.slice(1).replace(/\/$/, "");
  throw new KnemError({
    code: "GUEST_PATH_INVALID",
    what: `a file cannot be put at ${to} in the guest`,
    why: path.startsWith("/")
      ? "that place belongs to the base image or the kernel"
      : "the path is not absolute",
    remedy: "use an absolute path elsewhere, such as one below /opt",
  });
}

function missing(from: string, to: string, cause: unknown): KnemError {
  return new KnemError(
    {
      code: "GUEST_FILE_MISSING",
      what: `${to} cannot be put into the guest`,
      why: `${from} does not exist`,
      remedy: "build it first, or mend the path",
    },
    { cause },
  );
}
