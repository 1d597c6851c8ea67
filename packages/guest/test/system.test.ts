// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { kernelIn } from "../src/system.js";

let tree: string;
beforeEach(async () => {
  tree = await mkdtemp(join(tmpdir(), "knem-system-"));
});
afterEach(() => rm(tree, { recursive: true }));

async function install(release: string, { image = true } = {}) {
  await mkdir(join(tree, "usr/lib/modules", release), { recursive: true });
  await mkdir(join(tree, "boot"), { recursive: true });
  if (image) await writeFile(join(tree, `boot/vmlinuz-${release}`), "");
}

describe("kernelIn", () => {
  it("finds the newest kernel, in the order of versions, that is there with its image", async () => {
    for (const release of ["7.2.12+deb13-amd64", "7.10.1+deb13-amd64", "7.3.4+deb13-amd64"])
      await install(release);
    await install("7.11.0+deb13-amd64", { image: false });
    expect(await kernelIn(tree)).toEqual({
      release: "7.10.1+deb13-amd64",
      vmlinuz: join(tree, "boot/vmlinuz-7.10.1+deb13-amd64"),
      modulesDir: join(tree, "usr/lib/modules/7.10.1+deb13-amd64"),
    });
  });

  it("takes the kernel that is asked for", async () => {
    await install("7.2.12+deb13-amd64");
    await install("7.3.4+deb13-amd64");
    expect((await kernelIn(tree, "7.2.12+deb13-amd64")).release).toBe("7.2.12+deb13-amd64");
  });

  it("names the kernels there are when the one asked for is not", async () => {
    await install("7.3.4+deb13-amd64");
    await expect(kernelIn(tree, "7.2.12+deb13-amd64")).rejects.toMatchObject({
      code: "GUEST_NO_SYSTEM",
      why: "it has the kernels 7.3.4+deb13-amd64",
    });
  });

  it("refuses a tree without a kernel", async () => {
    await expect(kernelIn(tree)).rejects.toMatchObject({ code: "GUEST_NO_SYSTEM" });
  });
});
