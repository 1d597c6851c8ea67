// SPDX-License-Identifier: BSD-3-Clause
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { keepLog, logName } from "../src/log.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knem-log-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("keepLog", () => {
  it("keeps the newest twenty", async () => {
    const console = join(folder, "console");
    await writeFile(console, "said");
    const logs = join(folder, "logs");
    for (let minute = 0; minute < 25; minute++) {
      await keepLog(logs, logName(1, new Date(Date.UTC(2026, 0, 1, 0, minute))), console);
    }
    const names = (await readdir(logs)).sort();
    expect(names).toHaveLength(20);
    expect(names[0]).toMatch(/^2026-01-01T00-05-/);
    expect(await readFile(join(logs, names[0] ?? ""), "utf8")).toBe("said");
  });

  it("lets a log be that is not there", async () => {
    expect(await keepLog(join(folder, "logs"), "x.log", join(folder, "none"))).toBeUndefined();
  });
});
