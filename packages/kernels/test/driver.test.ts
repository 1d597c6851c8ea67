// SPDX-License-Identifier: BSD-3-Clause
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Cache, driverSource, type Kernel, sourceFiles } from "@knem/kernels";
import { afterEach, beforeEach, expect, test } from "vitest";

const kernel: Kernel = {
  target: { suite: "sid", series: "9.1", arch: "arm64", flavour: "arm64", toolchain: "sid" },
  release: "9.1.2+deb14-arm64",
  version: "9.1.2-1",
  packages: [],
  source: { name: "linux-source-9.1", version: "9.1.2-1", sha256: "", depends: [] },
};

let cache: Cache;
beforeEach(() => {
  cache = new Cache(mkdtempSync(join(tmpdir(), "knem-driver-")));
});
afterEach(() => rmSync(cache.folder, { recursive: true }));

/** Puts a source with these files into the cache. */
function pack(files: Readonly<Record<string, string>>): void {
  const top = join(cache.folder, "pack");
  for (const [name, text] of Object.entries(files)) {
    const file = join(top, "linux-source-9.1", name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const folder = join(cache.path("source", { source: kernel.source }), "usr/src");
  mkdirSync(folder, { recursive: true });
  const tarball = join(folder, "linux-source-9.1.tar.xz");
  execFileSync("tar", ["-C", top, "-cJf", tarball, "linux-source-9.1"]);
}

test("a driver is its own files of the kernel's source, unchanged, and what makes them a module", async () => {
  pack({
    "drivers/dma/xilinx/zynqmp_dma.c": "int zynqmp;\n",
    "drivers/dma/xilinx/xilinx_dma.c": "int other;\n",
    "drivers/dma/dmaengine.h": "/* private */\n",
  });
  const folder = await driverSource(cache, kernel, "zynqmp_dma");
  const files = await sourceFiles(folder);
  expect(files.map((file) => [file.slice(folder.length + 1), readFileSync(file, "utf8")])).toEqual([
    ["Kbuild", "obj-m := zynqmp_dma.o\nzynqmp_dma-y := xilinx/zynqmp_dma.o\n"],
    ["dmaengine.h", "/* private */\n"],
    ["xilinx/zynqmp_dma.c", "int zynqmp;\n"],
  ]);
});

test("a driver whose source lies at the top needs no parts", async () => {
  pack({ "drivers/dma/dmatest.c": "int test;\n" });
  const folder = await driverSource(cache, kernel, "dmatest");
  expect(readFileSync(join(folder, "Kbuild"), "utf8")).toBe("obj-m := dmatest.o\n");
});

test("a driver that the source does not have is named, and nothing of it is kept", async () => {
  pack({ "drivers/dma/dmatest.c": "int test;\n" });
  const attempt = () => driverSource(cache, kernel, "zynqmp_dma");
  const missing = { code: "DRIVER_MISSING", why: expect.stringContaining("zynqmp_dma.c") };
  await expect(attempt()).rejects.toMatchObject(missing);
  await expect(attempt()).rejects.toMatchObject(missing);
});
