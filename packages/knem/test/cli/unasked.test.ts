// SPDX-License-Identifier: BSD-3-Clause
import { afterEach, expect, it, vi } from "vitest";
import { main } from "../../src/cli/main.js";
import { valid } from "../schema.js";

afterEach(() => vi.restoreAllMocks());

/** Without its native part, too, there is a problem to tell, though another one. */
it.each(["stats", "regions"])(
  "knem %s --json tells why the module could not be asked",
  async (command) => {
    const stdout = vi.spyOn(console, "log").mockImplementation(() => {});
    const stderr = vi.spyOn(console, "error").mockImplementation(() => {});
    const status = await main([command, "--json", "--device", "/nowhere/knem"]);
    expect([3, 6]).toContain(status);
    const told = valid(command, stdout.mock.calls.flat().join("\n")) as Record<string, unknown>;
    const { problem, ...rest } = told as { problem: { code: string; what: string } };
    expect(stderr.mock.calls.flat().join("\n")).toContain(`${problem.what} [${problem.code}]`);
    expect(new Set(Object.values(rest))).toEqual(new Set([null]));
  },
);
