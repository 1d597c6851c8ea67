// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cache, keyOf } from "./cache.js";
import { run, tail } from "./command.js";
import { KnemError } from "./errors.js";
import { type Kernel, type KernelFiles, source } from "./kernel.js";
import type { Grafted } from "./metadata.js";
import { namespaces } from "./namespaces.js";
import type { Progress } from "./progress.js";
import type { Sandbox } from "./sandbox.js";
import { toolchainOfVariant, type Variant, type VariantName, variants } from "./variants.js";

const place = (name: string) => fileURLToPath(new URL(`../variants/${name}`, import.meta.url));
const script = place("build.sh");
const SCRIPT_INSIDE = "/knem/build.sh";
const FRAGMENT_INSIDE = "/knem/fragment";

/** Where the tree is bound inside a sandbox: it was made for that path, the one of grafted trees. */
const ENTRY_INSIDE = "/knem/grafted";
const TREE_INSIDE = `${ENTRY_INSIDE}/kernel`;

/** A kernel of our own configuration, and what modules for it are built against. */
export interface VariantKernel extends Grafted {
  /** The files to boot it. */
  readonly files: KernelFiles;
}

/**
 * A variant of a stock kernel, built out of its source if the cache has none.
 * Errors: VARIANT_BUILD_FAILED, ARCHIVE_UNREACHABLE, DISK_FULL.
 */
export async function variantKernel(
  cache: Cache,
  kernel: Kernel,
  name: VariantName,
  sandbox: Sandbox,
  progress: Progress,
): Promise<VariantKernel> {
  const variant: Variant = variants[name];
  const fragment = place(`${name}.config`);
  // What does not change the kernel is left out.
  const { title, moduleVariables = [], arguments: _, slowness: __, ...settings } = variant;
  const texts = await Promise.all([script, fragment].map((file) => readFile(file, "utf8")));
  const recipe = keyOf([...texts, settings]);
  const inputs = { source: kernel.source, recipe, toolchain: toolchainOfVariant(name) };
  const make = (folder: string) =>
    progress.step(`building ${title}, ${kernel.version}`, () =>
      build(cache, kernel, variant, fragment, sandbox, folder),
    );
  const entry = await cache.entry("variant", inputs, make, { needs: 6e9 });
  const tree = join(entry, "kernel");
  const release = (await readFile(join(tree, "include/config/kernel.release"), "utf8")).trim();
  const flags = [...variant.variables, ...moduleVariables];
  const vmlinuz = join(tree, variant.image);
  return {
    kernel: { ...kernel, release },
    key: keyOf([cache.path("variant", inputs), flags]),
    binds: [{ from: entry, to: ENTRY_INSIDE }],
    trees: [],
    flags,
    files: { release, arch: kernel.target.arch, tree, vmlinuz, modulesDir: join(entry, "modules") },
  };
}

async function build(
  cache: Cache,
  kernel: Kernel,
  { base, targets, variables }: Variant,
  fragment: string,
  sandbox: Sandbox,
  folder: string,
) {
  const tarball = await source(cache, kernel);
  // What a guest loads of its kernel's own is built in.
  await mkdir(join(folder, "modules/kernel"), { recursive: true });
  // In namespaces, so that tar ends with this process too.
  const unpack = ["sh", script, "unpack", tarball, join(folder, "kernel")];
  refuse(await run("unshare", [...namespaces(), ...unpack]));
  const binds = [
    { from: script, to: SCRIPT_INSIDE },
    { from: fragment, to: FRAGMENT_INSIDE },
    { from: folder, to: ENTRY_INSIDE, write: true },
  ];
  const words = [TREE_INSIDE, base, FRAGMENT_INSIDE, targets.join(" "), ...variables];
  refuse(await sandbox.run(["sh", SCRIPT_INSIDE, "make", ...words], { binds }));
}

/** Errors: VARIANT_BUILD_FAILED with the script's words: what, why, what to do. */
function refuse({ status, output }: { status: number; output: string }): void {
  if (status === 0) return;
  const field = (name: string) => new RegExp(`^ *${name}: (.*)$`, "m").exec(output)?.[1];
  throw new KnemError({
    code: "VARIANT_BUILD_FAILED",
    what: field("error") ?? "the kernel could not be built",
    why: `${field("why") ?? `build.sh ended with status ${status}`}${tail(output)}`,
    remedy: field("what to do") ?? "read the output above",
  });
}
