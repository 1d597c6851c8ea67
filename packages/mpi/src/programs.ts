// SPDX-License-Identifier: BSD-3-Clause
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Cache, Progress, Sandbox } from "@knem/kernels";
import { contentsOf } from "./contents.js";
import { installed, PREFIX } from "./prefix.js";

const sources = fileURLToPath(new URL("../programs", import.meta.url));
const script = fileURLToPath(new URL("../build/programs.sh", import.meta.url));

/**
 * The programs of programs/, compiled in a system for each of its MPIs (`validate.mpich`), in the cache.
 * Errors: COMMAND_FAILED with what the compiler said, DISK_FULL.
 */
export async function programs(
  cache: Cache,
  sandbox: Sandbox,
  checkout: string,
  progress: Progress,
): Promise<string[]> {
  const prefix = await installed(checkout);
  const own = await contentsOf([
    script,
    ...(await readdir(sources)).sort().map((name) => join(sources, name)),
  ]);
  const inputs = { root: sandbox.root.key, contents: [...prefix.contents, ...own] };
  const folder = await cache.entry("mpi-programs", inputs, async (out) => {
    await progress.step(`compiling the MPI programs in ${sandbox.root.suite}`, () =>
      sandbox.must(
        "the MPI programs could not be compiled",
        ["sh", "/programs.sh", "/sources", "/out"],
        {
          env: { PREFIX },
          binds: [
            ...prefix.binds,
            { from: script, to: "/programs.sh" },
            { from: sources, to: "/sources" },
            { from: out, to: "/out", write: true },
          ],
        },
      ),
    );
  });
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}
