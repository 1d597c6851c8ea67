// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { folder } from "../package.js";

const api = pathToFileURL(join(folder, "dist", "index.js")).href;

/** What a process tells that runs elsewhere, as far as the package can see. */
function elsewhere(platform: string, arch: string) {
  const script = `
    Object.defineProperty(process, "platform", { value: ${JSON.stringify(platform)} });
    Object.defineProperty(process, "arch", { value: ${JSON.stringify(arch)} });
    const { availability, allocate, Device, Transport } = await import(${JSON.stringify(api)});
    const codes = [() => new Device(), () => new Transport({ fallback: "cross-memory-attach" })].map(
      (call) => {
        try {
          call();
        } catch ({ name, code }) {
          return [name, code].join(" ");
        }
      },
    );
    console.log(JSON.stringify({ ...availability(), codes, bytes: allocate(5).length }));
  `;
  const args = ["--input-type=module", "--eval", script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

describe("on another platform", () => {
  it.each([
    ["win32", "x64"],
    ["linux", "riscv64"],
  ])("%s-%s: importing never fails, and the reason is told", (platform, arch) => {
    const { available, reason, codes, bytes } = elsewhere(platform, arch);
    expect(available).toBe(false);
    expect(reason).toMatchObject({
      code: "KNEM_NO_BINDING",
      remedy: expect.stringContaining("Linux"),
    });
    expect(reason.what).toContain(`${platform}-${arch}`);
    expect(codes).toEqual(["KnemError KNEM_NO_BINDING", "KnemError KNEM_NO_BINDING"]);
    expect(bytes).toBe(5);
  });

  it("without a native part of its own, it says how to build one", () => {
    const other = process.arch === "x64" ? "arm64" : "x64";
    const { reason } = elsewhere("linux", other);
    expect(reason).toMatchObject({
      code: "KNEM_NO_BINDING",
      remedy: expect.stringContaining("pnpm build:native"),
    });
  });
});
