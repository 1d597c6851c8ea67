// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cache, keyOf, type Sandbox } from "@knem/kernels";
import type { BaseImage } from "./job.js";

const script = fileURLToPath(new URL("../image/base.sh", import.meta.url));
const systemScript = fileURLToPath(new URL("../image/system.sh", import.meta.url));

/**
 * The base image made of a sandbox's root (which must have nodejs, busybox-static and erofs-utils), kept in the cache
 * under the root's key and that of the script that makes it.
 * Errors: COMMAND_FAILED with what the script said; DISK_FULL.
 */
export async function baseImage(cache: Cache, sandbox: Sandbox): Promise<BaseImage> {
  const inputs = { root: sandbox.root.key, script: keyOf(await readFile(script, "utf8")) };
  const folder = await cache.entry("guest-base", inputs, (out) => make(sandbox, out), {
    needs: 5e8,
  });
  return { image: join(folder, "base.erofs"), busybox: join(folder, "busybox") };
}

async function make(sandbox: Sandbox, out: string): Promise<void> {
  const binds = [
    { from: out, to: "/out", write: true },
    { from: script, to: "/base.sh" },
  ];
  const what = "the guests' base image could not be made";
  await sandbox.must(what, ["sh", "/base.sh", "/out"], { binds });
}

/**
 * The image of a whole system and the busybox that starts it, put into `folder`. Errors: COMMAND_FAILED.
 */
export async function systemImage(
  sandbox: Sandbox,
  tree: string,
  folder: string,
): Promise<{ image: string; busybox: string }> {
  const binds = [
    { from: tree, to: "/tree" },
    { from: folder, to: "/out", write: true },
    { from: systemScript, to: "/system.sh" },
  ];
  const what = "the system's image could not be made";
  await sandbox.must(what, ["sh", "/system.sh", "/tree", "/out"], { binds });
  return { image: join(folder, "system.erofs"), busybox: join(folder, "busybox") };
}
