// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Archive, type Cache, KnemError, keyOf, type Sandbox, unpack } from "@knem/kernels";
import type { BaseImage, SystemJob } from "./job.js";

const script = fileURLToPath(new URL("../image/base.sh", import.meta.url));
const systemScript = fileURLToPath(new URL("../image/system.sh", import.meta.url));

/**
 * The base image made of a sandbox's root (which must have nodejs, busybox-static and erofs-utils), kept in the cache
 * under the root's key and that of the script that makes it. One for another architecture than the root's holds
 * busybox alone.
 * Errors: COMMAND_FAILED with what the script said; DISK_FULL; ARCHIVE_UNREACHABLE.
 */
export async function baseImage(
  cache: Cache,
  sandbox: Sandbox,
  arch = "amd64",
): Promise<BaseImage> {
  const foreign = arch !== "amd64";
  const of = { root: sandbox.root.key, script: keyOf(await readFile(script, "utf8")) };
  const inputs = { ...of, ...(foreign && { arch }) };
  const make = (out: string) => (foreign ? abroad(cache, sandbox, arch, out) : image(sandbox, out));
  const folder = await cache.entry("guest-base", inputs, make, { needs: 5e8 });
  return { image: join(folder, "base.erofs"), busybox: join(folder, "busybox") };
}

/** An image for another architecture, whose busybox comes from the archive. */
async function abroad(cache: Cache, sandbox: Sandbox, arch: string, out: string): Promise<void> {
  const archive = new Archive(cache, sandbox.root.suite, arch);
  await archive.update();
  const all = await archive.packages();
  const packages = all.filter(({ name }) => name === "busybox-static");
  if (packages.length === 0) throw noBusybox(arch);
  await cache.temporary("busybox", async (folder) => {
    await unpack(await archive.download(packages.slice(0, 1), folder), join(folder, "tree"));
    await image(sandbox, out, join(folder, "tree/usr/bin/busybox"));
  });
}

async function image(sandbox: Sandbox, out: string, busybox?: string): Promise<void> {
  const binds = [
    { from: out, to: "/out", write: true },
    { from: script, to: "/base.sh" },
    ...(busybox ? [{ from: busybox, to: "/busybox" }] : []),
  ];
  const what = "the guests' base image could not be made";
  const argv = ["sh", "/base.sh", "/out", ...(busybox ? ["/busybox"] : [])];
  await sandbox.must(what, argv, { binds });
}

function noBusybox(arch: string): KnemError {
  return new KnemError({
    code: "GUEST_NO_BUSYBOX",
    what: `the guests' base image for ${arch} could not be made`,
    why: "the archive has no package busybox-static for it",
    remedy: "choose an architecture that Debian has",
  });
}

/**
 * The image of a whole system and the busybox that starts it, put into `folder`. Errors: COMMAND_FAILED.
 */
export async function systemImage(
  { sandbox, tree, builds = false }: Pick<SystemJob, "sandbox" | "tree" | "builds">,
  folder: string,
): Promise<{ image: string; busybox: string }> {
  const binds = [
    { from: tree, to: "/tree" },
    { from: folder, to: "/out", write: true },
    { from: systemScript, to: "/system.sh" },
  ];
  const what = "the system's image could not be made";
  await sandbox.must(what, ["sh", "/system.sh", "/tree", "/out", ...(builds ? [] : ["usr/src"])], {
    binds,
  });
  return { image: join(folder, "system.erofs"), busybox: join(folder, "busybox") };
}
