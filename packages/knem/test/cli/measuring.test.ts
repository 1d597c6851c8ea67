// SPDX-License-Identifier: BSD-3-Clause
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.js";

const scratch = mkdtempSync(join(tmpdir(), "knem-measuring-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Runs knem bench with a script for the program that measures. */
async function bench(script: string, ...args: readonly string[]) {
  const program = join(scratch, "knem-bench");
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("KNEM_BENCH", program);
  const [stdout, stderr] = (["log", "error"] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation(() => {}),
  );
  const status = await main(["bench", "region", ...args]);
  const told = (spy: typeof stdout) => spy?.mock.calls.flat().join("\n");
  return { status, stdout: told(stdout), stderr: told(stderr) };
}

const seconds = { p50: 3e-6, p90: 4e-6, p99: 5e-6, worst: 6e-6 };
const call = { call: "create", bytes: 4096, pages: "small", best: 2e-6, median: 3e-6, seconds };
const measured = JSON.stringify({ results: [], calls: [call], overlaps: [], cpus: 2 });

it("figures are told even if their page cannot be written", async () => {
  const page = join(scratch, "none", "page.html");
  const { status, stdout, stderr } = await bench(`echo '${measured}'`, "--html", page);
  expect(status).toBe(1);
  expect(stdout).toContain("create");
  expect(stderr).toContain(`cannot write ${page}`);
});

/** A program that says so of itself and ends. */
const failing = (status: number, text: string) => `printf '%s\\n' '${text}' >&2; exit ${status}`;

it.each([
  ["KNEM_NO_DEVICE", 3],
  ["KNEM_PERMISSION_DENIED", 4],
  ["KNEM_NOT_KNEM", 5],
  ["KNEM_ABI_MISMATCH", 5],
  ["KNEM_NO_MEMORY", 1],
])("%s ends with %i, whatever is said about it", async (code, expected) => {
  const text = `error: cannot do it [${code}]\n  why: so it is\n  what to do: another, or leave it out`;
  const { status, stderr } = await bench(failing(1, text));
  expect(stderr).toBe(`error: cannot do it [${code}]\n  why: so it is\n  what to do: another`);
  expect(status).toBe(expected);
});

it.each([
  [
    failing(1, "error: it failed\n  why: cannot [KNEM_IO]\n  why: so it is\n  what to do: another"),
    "error: it failed [KNEM_BENCH_FAILED]\n  why: cannot [KNEM_IO]\n         why: so it is\n  what to do: another",
    1,
  ],
  [
    failing(101, "it panicked\nat line 1"),
    "error: knem-bench did not come to its end [KNEM_BENCH_FAILED]\n  why: it panicked\n       at line 1\n  what to do: run knem doctor",
    1,
  ],
  [
    "exit 7",
    "error: knem-bench did not come to its end [KNEM_BENCH_FAILED]\n  why: it ended with status 7\n  what to do: run knem doctor",
    1,
  ],
  [
    failing(2, "error: there are no such sizes\n  what to do: see knem-bench --help"),
    "error: cannot run knem bench [KNEM_USAGE]\n  why: there are no such sizes\n  what to do: see knem bench --help",
    2,
  ],
])("what has no code is told as well: %j", async (script, told, expected) => {
  const { status, stderr } = await bench(script);
  expect([stderr, status]).toEqual([told, expected]);
});
