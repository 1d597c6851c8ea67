// SPDX-License-Identifier: BSD-3-Clause
import { readdirSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { knem } from "./knem.mjs";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc");

/** Collects what nothing refers to, and lets finalizers run. */
export async function collect() {
  for (let round = 0; round < 3; round++) {
    gc();
    await setImmediate();
  }
}

/** What must not grow: of the module, and of this process. */
export function holdings() {
  const { contexts, regions, queued, pinnedBytes } = knem.statistics().activity;
  const descriptors = readdirSync("/proc/self/fd").length;
  return { contexts, regions, queued, pinnedBytes, descriptors };
}

/** Memory of this process, in bytes. */
export const resident = () => process.memoryUsage.rss();
