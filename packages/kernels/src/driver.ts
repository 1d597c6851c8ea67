// SPDX-License-Identifier: BSD-3-Clause
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Cache } from "./cache.js";
import { run, tail } from "./command.js";
import { KnemError } from "./errors.js";
import { type Kernel, source } from "./kernel.js";
import { namespaces } from "./namespaces.js";
import { seriesOf } from "./versions.js";

/** A module of the kernel's own source that stock kernels leave out. */
interface Driver {
  /** The folder of the kernel's source from which its files are named. */
  readonly folder: string;
  /** The one file that is compiled, as it is. */
  readonly main: string;
  /** What it includes besides what every module may. */
  readonly headers?: readonly string[];
}

/** The drivers there are, by the names of their modules. */
export const drivers = {
  /** The DMA engines of AMD's Zynq UltraScale+ and Versal. */
  zynqmp_dma: {
    folder: "drivers/dma",
    main: "xilinx/zynqmp_dma.c",
    headers: ["dmaengine.h"],
  },
  /** The kernel's own test of DMA engines. */
  dmatest: { folder: "drivers/dma", main: "dmatest.c" },
} as const satisfies Readonly<Record<string, Driver>>;

/** A name in `drivers`. */
export type DriverName = keyof typeof drivers;

/**
 * A folder with the sources of a driver, out of the very source that the kernel was built from, and the Kbuild file
 * that makes it a module of its own; in the cache. Errors: DRIVER_MISSING, ARCHIVE_UNREACHABLE, DISK_FULL.
 */
export async function driverSource(
  cache: Cache,
  kernel: Kernel,
  name: DriverName,
): Promise<string> {
  const driver: Driver = drivers[name];
  const kbuild = kbuildOf(name, driver);
  const inputs = { source: kernel.source, driver, kbuild };
  return cache.entry("driver", inputs, async (folder) => {
    await unpack(await source(cache, kernel), kernel, name, folder);
    await writeFile(join(folder, "Kbuild"), kbuild);
  });
}

/** A module lies in the top folder whatever folder its source is in. */
function kbuildOf(name: string, { main }: Driver): string {
  const own = dirname(main) === "." ? "" : `${name}-y := ${main.replace(/c$/, "o")}\n`;
  return `obj-m := ${name}.o\n${own}`;
}

async function unpack(tarball: string, kernel: Kernel, name: DriverName, folder: string) {
  const { folder: from, main, headers = [] }: Driver = drivers[name];
  const top = `linux-source-${seriesOf(kernel.release)}/${from}`;
  const depth = `--strip-components=${top.split("/").length}`;
  const members = [main, ...headers].map((file) => `${top}/${file}`);
  // In namespaces, so that tar ends with this process too.
  const argv = [...namespaces(), "tar", "-C", folder, depth, "-xf", tarball, ...members];
  const { status, output } = await run("unshare", argv);
  if (status === 0) return;
  throw new KnemError({
    code: "DRIVER_MISSING",
    what: `the driver ${name} could not be taken from the source of ${kernel.release}`,
    why: tail(output).trimStart(),
    remedy: "look where that kernel has it, and mend packages/kernels/src/driver.ts",
  });
}
