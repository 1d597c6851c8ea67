// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** This package's folder. */
export const folder = fileURLToPath(new URL("..", import.meta.url));

/** The native part, as the loader names it. */
export const binding = join(folder, `knem.${process.platform}-${process.arch}-gnu.node`);

/** What the last build of the native part says about its types. */
export const generatedTypes = join(folder, ".build", "binding.d.ts");

/** Makes sure that the native part is there; building it needs cargo. */
export function needBinding(): void {
  if (existsSync(binding) && existsSync(generatedTypes)) return;
  if (spawnSync("cargo", ["--version"]).status !== 0) {
    throw new Error(
      `${binding} is missing and there is no cargo to build it: build the user space first`,
    );
  }
  execFileSync("npm", ["run", "--silent", "build:native"], { cwd: folder, stdio: "pipe" });
}

/** What a run of the command left behind. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a user would, from `home`, through `prefix` if there is one. */
export function knem(args: readonly string[], home = folder, prefix: readonly string[] = []): Run {
  const command = [...prefix, process.execPath, join(home, "bin", "knem.js"), ...args];
  const env = { ...process.env, NO_COLOR: "1" };
  return spawnSync(command[0] ?? "", command.slice(1), { encoding: "utf8", env });
}
