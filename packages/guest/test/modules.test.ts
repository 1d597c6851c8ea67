// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moduleInfo, moduleName, stockModules } from "../src/modules.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knem-modules-"));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (...fields: string[]) =>
  Buffer.from(`\x7fELF junk\0${fields.map((f) => `${f}\0`).join("")}`);

async function put(path: string, content: Buffer): Promise<void> {
  const file = join(folder, "kernel", path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

describe("moduleInfo", () => {
  it("reads a module's own words", () => {
    const content = bytes("vermagic=7.3.4 SMP", "depends=a,b-c", "name=virtio_blk");
    expect(moduleInfo(content, "x")).toEqual({
      name: "virtio_blk",
      depends: ["a", "b-c"],
      vermagic: "7.3.4 SMP",
    });
  });

  it("takes the fallback for a module without a name", () => {
    expect(moduleInfo(bytes("depends="), "x")).toEqual({ name: "x", depends: [], vermagic: "" });
  });
});

describe("stockModules", () => {
  it("gives what a module needs before it, each once, and leaves out what is built in", async () => {
    await put("fs/top.ko", bytes("depends=left,right", "name=top"));
    await put("lib/left.ko", bytes("depends=base-lib", "name=left"));
    await put("lib/right.ko", bytes("depends=base-lib", "name=right"));
    await put("lib/base-lib.ko", bytes("depends=", "name=base_lib"));
    const names = (await stockModules(folder, ["top", "builtin", "left"])).map((m) => m.name);
    expect(names).toEqual(["base_lib", "left", "right", "top"]);
  });

  it("unpacks those of xz, and says which cannot be", async () => {
    const content = bytes("depends=", "name=packed");
    await put("packed.ko.xz", execFileSync("xz", ["--stdout"], { input: content }));
    await put("broken.ko.xz", Buffer.from("not xz"));
    expect((await stockModules(folder, ["packed"]))[0]?.content).toEqual(content);
    await expect(stockModules(folder, ["broken"])).rejects.toMatchObject({
      code: "GUEST_MODULE_UNREADABLE",
      what: expect.stringContaining("broken.ko.xz"),
    });
  });

  it("says so when the kernel has no folder of modules", async () => {
    await expect(stockModules(join(folder, "none"), ["x"])).rejects.toMatchObject({
      code: "GUEST_MODULES_MISSING",
    });
  });
});

describe("moduleName", () => {
  it.each([
    ["/a/virtio-blk.ko.xz", "virtio_blk"],
    ["knem.ko", "knem"],
    ["base-lib", "base_lib"],
  ])("%s is %s", (file, name) => expect(moduleName(file)).toBe(name));
});
