// SPDX-License-Identifier: BSD-3-Clause
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { commands } from "../../src/cli/commands.js";
import { vocabulary } from "../../src/cli/completion/vocabulary.js";
import { main } from "../../src/cli/main.js";

const [scratch, before] = [mkdtempSync(join(tmpdir(), "knem-usage-")), process.cwd()];
process.chdir(scratch);
afterAll(() => {
  process.chdir(before);
  rmSync(scratch, { recursive: true, force: true });
});
afterEach(() => vi.restoreAllMocks());

/** Runs the command where files that it writes are seen. */
async function refused(args: readonly string[]) {
  const stdout = vi.spyOn(console, "log").mockImplementation(() => {});
  const stderr = vi.spyOn(console, "error").mockImplementation(() => {});
  const status = await main(args);
  expect([stdout.mock.calls, readdirSync(scratch)]).toEqual([[], []]);
  return { status, told: stderr.mock.calls.flat().join("\n") };
}

it.each([
  [["stats", "--prometheus", "--json"], '--prometheus needs a file, and "--json" is an option'],
  [["stats", "--no-device"], "there is no option --no-device"],
  [["stats", "--json", "--prometheus=F"], "--json and --prometheus do not go together"],
  [["stats", "--json", "--reset"], "--json and --reset do not go together"],
  [["stats", "--prometheus=F", "--reset"], "--prometheus and --reset do not go together"],
  [["stats", "--prometheus"], "--prometheus needs a file"],
  [["doctor", "--root", "--json"], '--root needs a folder, and "--json" is an option'],
  [["bench", "copy", "--html", "--json"], '--html needs a file, and "--json" is an option'],
])("refuses %j", async (args, why) => {
  const { status, told } = await refused(args);
  expect(told).toContain(`why: ${why}\n`);
  expect(status).toBe(2);
});

const options = (await vocabulary(commands)).flatMap(({ name, options }) =>
  options.filter(({ value }) => value !== "none").map((one) => [name, one.name] as const),
);

it.each(options)(
  "knem %s takes no option for the value of --%s, nor its opposite",
  async (...of) => {
    const [command, option] = of;
    for (const args of [[`--${option}`, "--help-me"], [`--no-${option}`]])
      expect(await refused([command, ...args])).toMatchObject({ status: 2 });
  },
);
