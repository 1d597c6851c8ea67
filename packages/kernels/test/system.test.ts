// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KnemError, Progress, run } from "@knem/kernels";
import { afterEach, beforeEach, expect, test } from "vitest";
import { needs } from "../src/needs.js";
import { ensureSystem, incomplete, missingPackages } from "../src/system.js";

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), "knem-bin-"));
});
afterEach(() => rmSync(bin, { recursive: true }));

const wanted = [
  { name: "knem-no-such-a", package: "pack-b" },
  { name: "knem-no-such-b", package: "pack-a" },
  { name: "knem-no-such-c", package: "pack-a" },
  { name: "knem-no-such-map", package: "pack-u", unprivileged: true },
  { name: "/knem/no/such.gpg", package: "pack-k" },
];

test("missing packages are named once each, in order", async () => {
  const packages = await missingPackages({ path: bin, root: false }, wanted);
  expect(packages).toEqual(["pack-a", "pack-b", "pack-k", "pack-u"]);
});

test("root needs no maps of user ids", async () => {
  expect(await missingPackages({ path: bin, root: true }, wanted)).not.toContain("pack-u");
});

test("a program counts only if it can be run", async () => {
  writeFileSync(join(bin, "knem-no-such-a"), "#!/bin/sh\n");
  chmodSync(join(bin, "knem-no-such-a"), 0o644);
  const host = { path: bin, root: true };
  expect(await missingPackages(host, wanted)).toContain("pack-b");
  chmodSync(join(bin, "knem-no-such-a"), 0o755);
  expect(await missingPackages(host, wanted)).not.toContain("pack-b");
});

test("an ordinary user is told the one command", () => {
  expect(incomplete(["mmdebstrap", "uidmap"]).remedy).toBe(
    "sudo apt-get install mmdebstrap uidmap",
  );
});

test("an ordinary user gets no installation, only the command", async () => {
  const packages = await missingPackages({ path: "", root: false });
  const ensured = ensureSystem(new Progress({ write: () => true }), { path: "", root: false });
  const missing = packages.length > 0;
  if (missing) await expect(ensured).rejects.toMatchObject({ code: "SYSTEM_INCOMPLETE" });
  else await ensured.catch((error) => expect(error).toMatchObject({ code: "USERNS_FORBIDDEN" }));
});

test("every need names its package", () => {
  for (const need of needs) expect(need.package).toMatch(/^[a-z0-9][a-z0-9.+-]+$/);
});

test("a program that is missing is told with its package", async () => {
  const missing = run("knem-no-such-program", []);
  await expect(missing).rejects.toBeInstanceOf(KnemError);
  await expect(missing).rejects.toMatchObject({ code: "PROGRAM_MISSING" });
});

test("an aborted command takes its children with it", async () => {
  const controller = new AbortController();
  let pid = 0;
  const running = run("sh", ["-c", "sleep 60 & echo $!; wait"], {
    signal: controller.signal,
    onLine: (line) => {
      pid = Number(line);
      controller.abort(new Error("stop"));
    },
  });
  await expect(running).rejects.toThrow("stop");
  expect(pid).toBeGreaterThan(1);
  await expect.poll(() => alive(pid)).toBe(false);
});

/** A dead process may stay in the table until its parent looks; it does not live for that. */
function alive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}
