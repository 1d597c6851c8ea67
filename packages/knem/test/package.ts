// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** This package's folder. */
export const folder = fileURLToPath(new URL("..", import.meta.url));

/** The native part, as the loader names it. */
export const binding = join(folder, `knem.${process.platform}-${process.arch}-gnu.node`);

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
