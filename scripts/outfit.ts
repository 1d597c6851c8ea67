// SPDX-License-Identifier: BSD-3-Clause
import { readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import { baseImage, type GuestFile, type GuestJob, softwareDma } from "@knem/guest";
import {
  type BuiltModule,
  type ProgramChoice,
  type Programs,
  platformOf,
  platforms,
  together,
  type Workshop,
} from "@knem/kernels";
import { type Bed, furtherOf } from "./beds.js";

/** Where the guest finds the programs and the knem command. */
export const BIN = "/opt/knem/bin";
export const LIB = "/opt/knem/lib";
export const KNEM = `${LIB}/bin/knem.js`;

/**
 * A guest with what is built: its kernel, what its machine needs, knem.ko, programs of a crate and, where it has Node,
 * the knem command.
 */
export async function outfit(
  workshop: Workshop,
  bed: Bed,
  choice: ProgramChoice,
): Promise<Omit<GuestJob, "command">> {
  const { target, machine } = bed;
  const { node } = platforms[platformOf(target.arch)];
  const memory = furtherOf(machine)?.memory;
  const [kernel, drivers, module, programs, command, base] = await together([
    workshop.kernelFiles(target),
    driversOf(workshop, bed),
    workshop.module(target),
    workshop.programs(choice),
    node ? commandFiles(workshop) : Promise.resolve([]),
    workshop.sandbox().then((sandbox) => baseImage(workshop.cache, sandbox, target.arch)),
  ]);
  return {
    kernel,
    base,
    ...(machine && { machine }),
    ...(memory && { memory }),
    modules: [...drivers, module].map(({ ko }) => ({ file: ko })),
    files: [...placed(programs, BIN), ...command],
  };
}

/** The drivers that a bed's kernel is given, in the order in which they are loaded; at most one is for DMA engines. */
export async function driversOf(workshop: Workshop, bed: Bed): Promise<BuiltModule[]> {
  const { target, machine } = bed;
  const names = furtherOf(machine)?.drivers ?? [];
  const drivers = names.map((name) => workshop.driver(target, name));
  return together(bed.softwareDma ? [...drivers, softwareDma(workshop, target)] : drivers);
}

/** The knem command with its binding and dependencies. */
async function commandFiles(workshop: Workshop): Promise<GuestFile[]> {
  const binding = await workshop.binding();
  const lib = join(workshop.checkout, "packages/knem");
  const manifest = JSON.parse(await readFile(join(lib, "package.json"), "utf8"));
  const dependencies = Object.keys(manifest.dependencies ?? {}).map(async (name) => ({
    to: `${LIB}/node_modules/${name}`,
    from: await realpath(join(lib, "node_modules", name)),
  }));
  return [
    ...["bin", "dist", "package.json"].map((name) => ({
      to: `${LIB}/${name}`,
      from: join(lib, name),
    })),
    { to: `${LIB}/${basename(binding.file)}`, from: binding.file },
    ...(await Promise.all(dependencies)),
  ];
}

/** Programs as files of a guest. */
export function placed({ folder, names }: Programs, to: string): { to: string; from: string }[] {
  return names.map((name) => ({ to: `${to}/${name}`, from: join(folder, name) }));
}
