// SPDX-License-Identifier: BSD-3-Clause
import { readdirSync } from "node:fs";
import { setImmediate, setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
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

/** How often in a row a collection has to find nothing more, and the time for threads to end before each, in milliseconds. */
const QUIET = 4;
const PAUSE = 25;

/** What is held when everything was found that nothing refers to. */
export async function settled() {
  let held = holdings();
  for (let quiet = 0; quiet < QUIET; ) {
    await setTimeout(PAUSE);
    await collect();
    const now = holdings();
    quiet = isDeepStrictEqual(now, held) ? quiet + 1 : 0;
    held = now;
  }
  return held;
}

/** Memory of this process, in bytes. */
export const resident = () => process.memoryUsage.rss();
