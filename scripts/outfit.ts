// SPDX-License-Identifier: BSD-3-Clause
import { readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { baseImage, type GuestJob } from "@knem/guest";
import {
  type ProgramChoice,
  type Programs,
  type Target,
  together,
  type Workshop,
} from "@knem/kernels";

/** Where the guest finds the programs and the knem command. */
export const BIN = "/opt/knem/bin";
export const LIB = "/opt/knem/lib";
export const KNEM = `${LIB}/bin/knem.js`;

/** A guest with what is built: its kernel, knem.ko, programs of a crate and the knem command. */
export async function outfit(
  workshop: Workshop,
  target: Target,
  choice: ProgramChoice,
): Promise<Omit<GuestJob, "command">> {
  const [kernel, module, programs, binding, base] = await together([
    workshop.kernelFiles(target),
    workshop.module(target),
    workshop.programs(choice),
    workshop.binding(),
    workshop.sandbox().then((sandbox) => baseImage(workshop.cache, sandbox)),
  ]);
  const lib = join(workshop.checkout, "packages/knem");
  const manifest = JSON.parse(await readFile(join(lib, "package.json"), "utf8"));
  const dependencies = Object.keys(manifest.dependencies ?? {}).map(async (name) => ({
    to: `${LIB}/node_modules/${name}`,
    from: await realpath(join(lib, "node_modules", name)),
  }));
  const files = [
    ...placed(programs, BIN),
    ...["bin", "dist", "package.json"].map((name) => ({
      to: `${LIB}/${name}`,
      from: join(lib, name),
    })),
    { to: `${LIB}/${basename(binding.file)}`, from: binding.file },
    ...(await Promise.all(dependencies)),
  ];
  return { kernel, base, modules: [{ file: module.ko }], files };
}

/** Programs as files of a guest. */
export function placed({ folder, names }: Programs, to: string): { to: string; from: string }[] {
  return names.map((name) => ({ to: `${to}/${name}`, from: join(folder, name) }));
}
