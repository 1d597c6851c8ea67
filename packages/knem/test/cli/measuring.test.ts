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

const call = { call: "create", bytes: 4096, pages: "small", best: 2e-6, median: 3e-6 };
const measured = JSON.stringify({ results: [], calls: [call], overlaps: [], cpus: 2 });

it("figures are told even if their page cannot be written", async () => {
  const page = join(scratch, "none", "page.html");
  const { status, stdout, stderr } = await bench(`echo '${measured}'`, "--html", page);
  expect(status).toBe(1);
  expect(stdout).toContain("create");
  expect(stderr).toContain(`cannot write ${page}`);
});
