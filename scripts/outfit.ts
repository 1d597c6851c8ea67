// SPDX-License-Identifier: BSD-3-Clause
import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { baseImage, type GuestJob } from "@knem/guest";
import { type Target, together, type Workshop } from "@knem/kernels";

/** Where the guest finds the programs and the knem command. */
export const BIN = "/opt/knem/bin";
export const KNEM = "/opt/knem/lib/bin/knem.js";

/** A guest with everything that is built: its kernel, knem.ko, the Rust programs and the knem command. */
export async function outfit(
  workshop: Workshop,
  target: Target,
): Promise<Omit<GuestJob, "command">> {
  const [kernel, module, programs, base] = await together([
    workshop.kernelFiles(target),
    workshop.module(target),
    workshop.programs(),
    workshop.sandbox().then((sandbox) => baseImage(workshop.cache, sandbox)),
  ]);
  const lib = join(workshop.checkout, "packages/knem");
  const manifest = JSON.parse(await readFile(join(lib, "package.json"), "utf8"));
  const dependencies = Object.keys(manifest.dependencies ?? {}).map(async (name) => ({
    to: `/opt/knem/lib/node_modules/${name}`,
    from: await realpath(join(lib, "node_modules", name)),
  }));
  const files = [
    ...programs.names.map((name) => ({ to: `${BIN}/${name}`, from: join(programs.folder, name) })),
    ...["bin", "dist", "package.json"].map((name) => ({
      to: `/opt/knem/lib/${name}`,
      from: join(lib, name),
    })),
    { to: "/opt/knem/lib/knem.linux-x64-gnu.node", from: programs.binding },
    ...(await Promise.all(dependencies)),
  ];
  return { kernel, base, modules: [{ file: module.ko }], files };
}
