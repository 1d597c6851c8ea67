// SPDX-License-Identifier: BSD-3-Clause
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Cache } from "./cache.js";
import { run, tail } from "./command.js";
import { KnemError } from "./errors.js";
import { files, type Kernel, source } from "./kernel.js";
import { namespaces } from "./namespaces.js";
import type { Progress } from "./progress.js";
import type { Bind, Sandbox } from "./sandbox.js";
import { toolchainOf } from "./targets.js";
import { together } from "./together.js";

/** Where an entry with a grafted tree is bound inside a sandbox: the tree was made for that path. */
const ENTRY_INSIDE = "/knem/grafted";

/** The grafted tree inside a sandbox. */
export const KERNEL_INSIDE = `${ENTRY_INSIDE}/kernel`;

/** A kernel's headers with Rust metadata grafted on. */
export interface Grafted {
  readonly kernel: Kernel;
  /** What modules built with it are keyed by. */
  readonly key: string;
  /** What a sandbox needs to see the grafted tree at KERNEL_INSIDE. */
  readonly binds: readonly Bind[];
  readonly trees: readonly string[];
  /** What make is told besides, where the kernel takes that. */
  readonly flags?: readonly string[];
}

/** What the statuses of metadata.sh mean. */
const codes: Readonly<Record<number, string>> = {
  2: "METADATA_USAGE",
  3: "NO_RUST",
  4: "TOOLCHAIN_MISMATCH",
  5: "CONFIG_DIFFERS",
  6: "EXPORTS_DIFFER",
  7: "HEADERS_DIFFER",
  8: "AUTOCONF_DIFFERS",
  9: "KERNEL_MAKE_FAILED",
  10: "UNPACK_FAILED",
};

/** The script's words (what, why, what to do) as the error that they tell of. */
export function metadataError(status: number, output: string): KnemError {
  const field = (name: string) => new RegExp(`^ *${name}: (.*)$`, "m").exec(output)?.[1];
  // Said by a program that the script ran; the cache knows what to make of it.
  const full = /No space left on device/.exec(output)?.[0] ?? "";
  return new KnemError({
    code: codes[status] ?? "METADATA_FAILED",
    what: field("error") ?? "the Rust metadata could not be made",
    why: `${field("why") ?? `metadata.sh ended with status ${status}${tail(output)}`} ${full}`.trim(),
    remedy: field("what to do") ?? "read the output above",
  });
}

/**
 * The grafted tree of a kernel, made and verified by kernel-rs/metadata.sh if the cache has none. The source is
 * fetched and unpacked while the sandbox's root may still be in the making.
 * Errors: TOOLCHAIN_MISMATCH and the others of `codes`; ARCHIVE_UNREACHABLE; DISK_FULL.
 */
export async function grafted(
  cache: Cache,
  kernel: Kernel,
  moduleFolder: string,
  sandbox: Promise<Sandbox>,
  progress: Progress,
): Promise<Grafted> {
  const script = join(moduleFolder, "metadata.sh");
  const recipe = await Promise.all(
    [script, join(moduleFolder, "toolchain.sh")].map((file) => readFile(file)),
  );
  const hash = createHash("sha256").update(Buffer.concat(recipe)).digest("hex");
  // The script refuses compilers that are not the kernel's own, so the root's age plays no part.
  const toolchain = toolchainOf(kernel.target);
  // The tree knows its own place.
  const place = KERNEL_INSIDE;
  const { packages, source, programs } = kernel;
  const of = { packages, source, ...(programs && { programs }) };
  const inputs = { ...of, script: hash, toolchain, place };
  const make = async (folder: string) => {
    await cache.temporary("metadata", async (work) => {
      const [box, { tree }] = await together([
        sandbox,
        progress.step(`fetching ${kernel.release}`, () => files(cache, kernel)),
        unpackSource(cache, kernel, script, work, progress),
      ]);
      await progress.step(`regenerating the Rust metadata of ${kernel.release}`, () =>
        regenerate(kernel, box, { tree, script, work, folder }),
      );
    });
  };
  const entry = await cache.entry("metadata", inputs, make, { needs: 2.5e9 });
  const { tree } = await files(cache, kernel);
  const binds = [{ from: entry, to: ENTRY_INSIDE }];
  return { kernel, key: cache.path("metadata", inputs), binds, trees: [tree] };
}

async function unpackSource(
  cache: Cache,
  kernel: Kernel,
  script: string,
  work: string,
  progress: Progress,
): Promise<void> {
  await progress.step(`fetching and unpacking the source of ${kernel.release}`, async () => {
    const tarball = await source(cache, kernel);
    // In namespaces, so that tar ends with this process too.
    const call = ["sh", script, "unpack", tarball, join(work, "source")];
    const { status, output } = await run("unshare", [...namespaces(), ...call]);
    if (status !== 0) throw metadataError(status, output);
  });
}

interface Places {
  readonly tree: string;
  readonly script: string;
  readonly work: string;
  readonly folder: string;
}

async function regenerate(kernel: Kernel, sandbox: Sandbox, places: Places): Promise<void> {
  await mkdir(join(places.work, "build"));
  const headers = `/usr/src/linux-headers-${kernel.release}`;
  const script = "/knem/recipe/metadata.sh";
  const { status, output } = await sandbox.run(
    ["sh", script, "make", headers, "/knem/metadata/source", "/knem/metadata/build", KERNEL_INSIDE],
    {
      trees: [places.tree],
      binds: [
        { from: dirname(places.script), to: dirname(script) },
        { from: places.work, to: "/knem/metadata", write: true },
        { from: places.folder, to: ENTRY_INSIDE, write: true },
      ],
    },
  );
  if (status !== 0) throw metadataError(status, output);
}
