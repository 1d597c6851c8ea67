// SPDX-License-Identifier: BSD-3-Clause
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cache, must } from "@knem/kernels";
import { type Entry, layOut } from "./entry.js";

export interface Packing {
  /** The one folder that everything lies below. */
  readonly top: string;
  /** The time that everything bears, in seconds since 1970. */
  readonly epoch: number;
  /** The .tar.gz to make. */
  readonly file: string;
}

/** Packs a tree so that its names, its contents and the packing alone decide every byte of the result. */
export async function pack(
  cache: Cache,
  entries: readonly Entry[],
  { top, epoch, file }: Packing,
): Promise<void> {
  await cache.temporary("tarball", async (work) => {
    await layOut(entries, join(work, top));
    const tar = join(work, "packed.tar");
    const same = ["--sort=name", `--mtime=@${epoch}`, "--mode=u=rwX,go=rX", "--format=gnu"];
    const nobody = ["--owner=0", "--group=0", "--numeric-owner"];
    const what = `${file} could not be packed`;
    const env = { ...process.env, LC_ALL: "C", TAR_OPTIONS: "", GZIP: "" };
    await must(what, "tar", ["-C", work, "-cf", tar, ...same, ...nobody, top], { env });
    await must(what, "gzip", ["-9n", tar], { env });
    await copyFile(`${tar}.gz`, file);
  });
}
