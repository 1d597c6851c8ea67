// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { Cache } from "./cache.js";
import { run, tail } from "./command.js";
import { KnemError } from "./errors.js";
import type { Count } from "./tier.js";
import { countTests } from "./userland.js";

/** The only toolchain that has the interpreter. */
const CARGO = "cargo +nightly miri";
const INSTALL = "rustup toolchain install nightly --profile minimal --component miri,rust-src";

/** What is without a kernel: the module's decisions whole, and the client crate's own tests. */
const SCRIPT = [
  `${CARGO} test --locked --no-fail-fast --package knem-logic --tests; logic=$?`,
  `${CARGO} test --locked --no-fail-fast --package knem --all-features --lib && exit $logic`,
].join("\n");

const SETTINGS = {
  CARGO_TERM_COLOR: "never",
  // Without it there are neither a clock nor an environment to read.
  MIRIFLAGS: "-Zmiri-disable-isolation",
  // Properties are tried with few values each: the interpreter takes a thousand times as long.
  PROPTEST_CASES: "4",
};

/**
 * Runs the Rust tests that need no kernel in Miri, which finds undefined behaviour: what is freed, out of bounds, not
 * aligned, not initialized or raced for. Errors: NO_MIRI if rustup neither has it nor can install it; MIRI_STOPPED.
 */
export async function interpret(cache: Cache, checkout: string): Promise<Count> {
  await haveMiri();
  return cache.shared("miri", async (folder) => {
    const env = { ...process.env, ...SETTINGS, CARGO_TARGET_DIR: join(folder, "target") };
    const { status, output } = await run("sh", ["-c", SCRIPT], { cwd: checkout, env });
    const counts = countTests(output);
    if (status !== 0 && counts.failed === 0) throw stopped(output);
    return { ...counts, ...(counts.failed > 0 && { failures: tail(output, 80) }) };
  });
}

async function haveMiri(): Promise<void> {
  if ((await run("sh", ["-c", `${CARGO} --version`])).status === 0) return;
  const { status, output } = await run("sh", ["-c", INSTALL]);
  if (status === 0) return;
  throw new KnemError({
    code: "NO_MIRI",
    what: "Rust's interpreter that finds undefined behaviour cannot be had",
    why: tail(output, 5),
    remedy: `${INSTALL}, where its servers can be reached`,
  });
}

/** Undefined behaviour ends the interpreter at once, without a result. */
function stopped(output: string): KnemError {
  return new KnemError({
    code: "MIRI_STOPPED",
    what: "Miri ended a test",
    why: tail(output, 60),
    remedy: "mend what it names; what asks the kernel is to be ignored there",
  });
}
