// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { Cache } from "./cache.js";
import { run, tail } from "./command.js";
import { KnemError } from "./errors.js";
import type { Count } from "./tier.js";
import { countTests } from "./userland.js";

/** What is without a kernel: the module's decisions whole, and the client crate's own tests. */
const PARTS = [
  ["--package=knem-logic", "--tests"],
  ["--package=knem", "--all-features", "--lib"],
];

/** Properties are tried with few values each: the interpreter takes a thousand times as long. */
const CASES = "4";

/** The only toolchain that has the interpreter. */
const TOOLCHAIN = "nightly";
const INSTALL = `rustup toolchain install ${TOOLCHAIN} --profile minimal --component miri,rust-src`;

/**
 * Runs the Rust tests that need no kernel in Miri, which finds undefined behaviour: what is freed, out of bounds, not
 * aligned, not initialized or raced for. Errors: NO_MIRI if rustup neither has it nor can install it; INTERPRETER_FAILED.
 */
export async function interpret(cache: Cache, checkout: string): Promise<Count> {
  await haveMiri();
  return cache.shared("miri", async (folder) => {
    const env = {
      ...process.env,
      CARGO_TARGET_DIR: join(folder, "target"),
      CARGO_TERM_COLOR: "never",
      // Without it there are neither a clock nor an environment to read.
      MIRIFLAGS: "-Zmiri-disable-isolation",
      PROPTEST_CASES: CASES,
    };
    const counts: Count[] = [];
    for (const part of PARTS) {
      const args = [`+${TOOLCHAIN}`, "miri", "test", "--locked", "--no-fail-fast", ...part];
      const { status, output } = await run("cargo", args, { cwd: checkout, env });
      const count = countTests(output);
      if (status !== 0 && count.failed === 0) throw failed(output);
      counts.push({ ...count, ...(count.failed > 0 && { failures: tail(output, 80) }) });
    }
    return sum(counts);
  });
}

const sum = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((total, { passed }) => total + passed, 0),
  failed: counts.reduce((total, { failed }) => total + failed, 0),
  failures: counts.flatMap(({ failures }) => failures ?? []).join("\n"),
});

async function haveMiri(): Promise<void> {
  const there = await run("cargo", [`+${TOOLCHAIN}`, "miri", "--version"]);
  if (there.status === 0) return;
  const [rustup = "", ...args] = INSTALL.split(" ");
  const installed = await run(rustup, args);
  if (installed.status === 0) return;
  throw new KnemError({
    code: "NO_MIRI",
    what: "Rust's interpreter that finds undefined behaviour cannot be had",
    why: tail(installed.output, 5),
    remedy: `${INSTALL}, where its servers can be reached`,
  });
}

/** Undefined behaviour ends the interpreter at once, without a result. */
function failed(output: string): KnemError {
  return new KnemError({
    code: "INTERPRETER_FAILED",
    what: "Miri ended a test",
    why: tail(output, 60),
    remedy: "mend what it names; what asks the kernel is to be ignored there",
  });
}
