// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cache, keyOf } from "./cache.js";
import { run, tail } from "./command.js";
import { KnemError } from "./errors.js";
import { type Kernel, source } from "./kernel.js";
import type { Grafted } from "./metadata.js";
import { namespaces } from "./namespaces.js";
import type { Progress } from "./progress.js";
import type { Sandbox } from "./sandbox.js";
import { toolchainOf } from "./targets.js";

const script = fileURLToPath(new URL("../uml/build.sh", import.meta.url));
const SCRIPT_INSIDE = "/knem/build.sh";

/** Where the tree is bound inside a sandbox: it was made for that path, the one of grafted trees. */
const ENTRY_INSIDE = "/knem/grafted";
const TREE_INSIDE = `${ENTRY_INSIDE}/kernel`;

/** How modules in Rust are compiled: that kernel loads them far from itself. */
const rustFlags = "-Crelocation-model=static -Ccode-model=large";

/** A User Mode Linux kernel, and what modules for it are built against. */
export interface UmlKernel extends Grafted {
  /** The kernel: a program of this machine. */
  readonly program: string;
}

/**
 * The User Mode Linux of a stock kernel's source, built if the cache has none.
 * Errors: UML_BUILD_FAILED, ARCHIVE_UNREACHABLE, DISK_FULL.
 */
export async function umlKernel(
  cache: Cache,
  kernel: Kernel,
  sandbox: Sandbox,
  progress: Progress,
): Promise<UmlKernel> {
  const recipe = keyOf(await readFile(script, "utf8"));
  const inputs = { source: kernel.source, recipe, toolchain: toolchainOf(kernel.target) };
  const make = (folder: string) =>
    progress.step(`building User Mode Linux ${kernel.version}`, () =>
      build(cache, kernel, sandbox, folder),
    );
  const entry = await cache.entry("uml", inputs, make, { needs: 4e9 });
  const tree = join(entry, "kernel");
  const release = (await readFile(join(tree, "include/config/kernel.release"), "utf8")).trim();
  return {
    kernel: { ...kernel, release },
    key: cache.path("uml", inputs),
    binds: [{ from: entry, to: ENTRY_INSIDE }],
    trees: [],
    flags: ["ARCH=um", `KRUSTFLAGS=${rustFlags}`],
    program: join(tree, "linux"),
  };
}

async function build(cache: Cache, kernel: Kernel, sandbox: Sandbox, folder: string) {
  const tarball = await source(cache, kernel);
  // In namespaces, so that tar ends with this process too.
  const unpack = ["sh", script, "unpack", tarball, join(folder, "kernel")];
  refuse(await run("unshare", [...namespaces(), ...unpack]));
  const binds = [
    { from: script, to: SCRIPT_INSIDE },
    { from: folder, to: ENTRY_INSIDE, write: true },
  ];
  refuse(await sandbox.run(["sh", SCRIPT_INSIDE, "make", TREE_INSIDE], { binds }));
}

/** Errors: UML_BUILD_FAILED with the script's words: what, why, what to do. */
function refuse({ status, output }: { status: number; output: string }): void {
  if (status === 0) return;
  const field = (name: string) => new RegExp(`^ *${name}: (.*)$`, "m").exec(output)?.[1];
  throw new KnemError({
    code: "UML_BUILD_FAILED",
    what: field("error") ?? "User Mode Linux could not be built",
    why: `${field("why") ?? `build.sh ended with status ${status}`}${tail(output)}`,
    remedy: field("what to do") ?? "read the output above",
  });
}
