// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { KnemError } from "@knem/errors";
import { usageError } from "../usage.js";

/** What knem-bench found out about copies of one size; speeds in bytes a second. */
export interface Copies {
  readonly method: string;
  readonly bytes: number;
  readonly pages: string;
  /** How many processes copied at once. */
  readonly readers: number;
  readonly best: number;
  readonly median: number;
  /** What one copy took. */
  readonly seconds: Percentiles;
}

/** Seconds that so many of a hundred copies did not exceed. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly worst: number;
}

/** What it found out about a call that moves no bytes, in seconds. */
export interface Call {
  readonly call: string;
  readonly bytes: number;
  readonly pages: string;
  readonly best: number;
  readonly median: number;
  /** What one call took, in rounds of many. */
  readonly seconds: Percentiles;
}

/** What it found out about copies in a kernel thread, in seconds, and the share that was hidden. */
export interface Overlap {
  readonly bytes: number;
  readonly pages: string;
  readonly copy: number;
  readonly compute: number;
  readonly both: number;
  readonly hidden: number;
}

/** What knem-bench prints. */
export interface Measured {
  readonly results: readonly Copies[];
  readonly calls: readonly Call[];
  readonly overlaps: readonly Overlap[];
  readonly cpus: number;
}

/**
 * Runs knem-bench. It has verified the bytes of every round, or there is an error.
 *
 * @throws KnemError `KNEM_NO_BENCH`, `KNEM_BENCH_FAILED`; what it says of the device under the codes of the API
 */
export function measured(args: readonly string[]): Measured {
  const child = spawnSync(program(), ["--json", ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (child.status === 0) return JSON.parse(child.stdout) as Measured;
  throw failure(child.status, child.error?.message ?? child.stderr.trim());
}

/** Where it is: where KNEM_BENCH says, or beside what starts the command. */
function program(): string {
  const told = process.env["KNEM_BENCH"];
  const path = told ?? fileURLToPath(new URL("../../../bin/knem-bench", import.meta.url));
  if (existsSync(path)) return path;
  throw new KnemError({
    code: "KNEM_NO_BENCH",
    what: "there is nothing to measure with",
    why: `there is no ${path}`,
    remedy: told
      ? "set KNEM_BENCH to the program knem-bench, or unset it"
      : "in a checkout, build it with pnpm build:bench; or set KNEM_BENCH to the program knem-bench",
  });
}

/** Its errors are in three lines, as the command's are; where the client of the module failed, with its code. */
const told =
  /^(?:error: )?(?<what>[^\n]*?)(?: \[(?<code>[A-Z_]+)\])?(?:\n {2}why: (?<why>.*?))?(?:\n {2}what to do: (?<remedy>.*))?$/s;

function failure(status: number | null, text: string): KnemError {
  const { what, code, why, remedy } = told.exec(text)?.groups ?? {};
  if (status === 2) return usageError("cannot run knem bench", what ?? text, "knem bench");
  return new KnemError({
    code: code ?? "KNEM_BENCH_FAILED",
    what: what || "knem-bench did not come to its end",
    why: why ?? (text || `it ended with status ${status}`),
    // What it may do without the device is none of the kinds here.
    remedy: remedy?.split(", or leave it out")[0] ?? "run knem doctor",
  });
}
