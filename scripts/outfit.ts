// SPDX-License-Identifier: BSD-3-Clause
import { readFile, realpath } from "node:fs/promises";
import { basename, join } from "node:path";
import {
  baseImage,
  boot,
  bootUml,
  type GuestFile,
  type GuestRun,
  type GuestVerdict,
  softwareDma,
} from "@knem/guest";
import {
  type BuiltModule,
  type ProgramChoice,
  type Programs,
  platformOf,
  platforms,
  together,
  variants,
  type Workshop,
} from "@knem/kernels";
import { type Bed, furtherOf, isUml, machineOf, variantOf } from "./beds.js";

/** Where the guest finds the programs and the knem command. */
export const BIN = "/opt/knem/bin";
export const LIB = "/opt/knem/lib";
export const KNEM = `${LIB}/bin/knem.js`;

/** A guest that is ready but for its order. */
export interface Guest {
  /** Its kernel, as `uname -r` says it. */
  readonly release: string;
  /** What is loaded before knem.ko, in that order; at most one is for DMA engines. */
  readonly drivers: readonly BuiltModule[];
  /** knem.ko. */
  readonly module: BuiltModule;
  /** Whether it has Node and the knem command. */
  readonly node: boolean;
  /** Boots it, judged as `boot` does. Errors: those of `boot`, or of `bootUml`. */
  readonly run: (order: Order) => Promise<GuestVerdict>;
}

/** What a guest is to do. Of memory it has more where its machine needs that; of CPUs only one in User Mode Linux. */
export interface Order extends Pick<GuestRun, "command" | "env" | "memory" | "cpus" | "timeLimit"> {
  readonly files?: readonly GuestFile[];
}

/**
 * A guest with what is built: its kernel, what its machine needs, knem.ko, programs of a crate and, where it has Node,
 * the knem command.
 */
export function outfit(
  workshop: Workshop,
  bed: Bed,
  choice: ProgramChoice,
  module: MakeModule = moduleOf,
): Promise<Guest> {
  return isUml(bed)
    ? inUml(workshop, bed, choice, module)
    : emulated(workshop, bed, choice, module);
}

/** Makes the knem.ko that a bed is tried with. */
export type MakeModule = (workshop: Workshop, bed: Bed) => Promise<BuiltModule>;

/** This checkout's. */
const moduleOf: MakeModule = (workshop, bed) => {
  const variant = variantOf(bed);
  return variant ? workshop.variantModule(bed.target, variant) : workshop.module(bed.target);
};

async function emulated(
  workshop: Workshop,
  bed: Bed,
  choice: ProgramChoice,
  make: MakeModule,
): Promise<Guest> {
  const { target } = bed;
  const further = furtherOf(machineOf(bed));
  const { node } = platforms[platformOf(target.arch)];
  const [kernel, drivers, module, programs, command, base] = await together([
    workshop.kernelFiles(target, variantOf(bed)),
    driversOf(workshop, bed),
    make(workshop, bed),
    workshop.programs(choice),
    node ? commandFiles(workshop) : Promise.resolve([]),
    workshop.sandbox().then((sandbox) => baseImage(workshop.cache, sandbox, target.arch)),
  ]);
  const files = [...placed(programs, BIN), ...command];
  const run = (order: Order) =>
    boot({
      ...{ kernel, base, modules: loaded([...drivers, module]) },
      ...order,
      ...(further && { machine: further.machine, memory: further.memory }),
      files: [...files, ...(order.files ?? [])],
    });
  return { release: kernel.release, drivers, module, node, run };
}

async function inUml(
  workshop: Workshop,
  bed: Bed,
  choice: ProgramChoice,
  module: MakeModule,
): Promise<Guest> {
  const { target } = bed;
  const variant = variantOf(bed) ?? "uml";
  const [uml, knem, dma, programs, sandbox] = await together([
    workshop.variant(target, variant),
    module(workshop, bed),
    softwareDma(workshop, target, variant),
    workshop.programs(choice),
    workshop.sandbox(),
  ]);
  const { busybox } = await baseImage(workshop.cache, sandbox, target.arch);
  const files = placed(programs, BIN);
  const run = ({ cpus: _, ...order }: Order) =>
    bootUml({
      ...{ program: uml.files.vmlinuz, sandbox, busybox, modules: loaded([dma, knem]) },
      ...{ kernelArguments: variants[variant].arguments, ...order },
      files: [...files, ...(order.files ?? [])],
    });
  return { release: uml.kernel.release, drivers: [dma], module: knem, node: false, run };
}

const loaded = (modules: readonly BuiltModule[]) => modules.map(({ ko }) => ({ file: ko }));

/** What a stock kernel is given before knem.ko. */
async function driversOf(workshop: Workshop, bed: Bed): Promise<BuiltModule[]> {
  const { target } = bed;
  const names = furtherOf(machineOf(bed))?.drivers ?? [];
  const drivers = names.map((name) => workshop.driver(target, name));
  return together(
    bed.softwareDma ? [...drivers, softwareDma(workshop, target, variantOf(bed))] : drivers,
  );
}

/** The knem command with its binding and dependencies. */
export async function commandFiles(workshop: Workshop): Promise<GuestFile[]> {
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
