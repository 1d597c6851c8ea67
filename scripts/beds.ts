// SPDX-License-Identifier: BSD-3-Clause
import type { MachineName } from "@knem/guest";
import {
  type DriverName,
  KnemError,
  nameOf,
  type Target,
  type VariantName,
  variants,
} from "@knem/kernels";

/** Where a kernel runs: on a machine that is emulated; or it is a variant, which has its own place. */
export type Place = MachineName | VariantName;

/** A kernel and the machine that it is tested on. */
export interface Bed {
  readonly target: Target;
  /** By default the usual one of the kernel's architecture. */
  readonly machine?: Place;
  /** Whether it is given a DMA engine made of software; default false. */
  readonly softwareDma?: boolean;
}

/** A machine for what the usual one does not have. */
interface Further {
  readonly arch: string;
  readonly machine: MachineName;
  /** What the kernel lacks to make use of it, in the order of loading. */
  readonly drivers: readonly DriverName[];
  /** MiB. */
  readonly memory: number;
}

const further: readonly Further[] = [
  // What is beyond 2 GiB has addresses of more than 32 bits, and is what the kernel takes first.
  { arch: "arm64", machine: "versal", drivers: ["zynqmp_dma"], memory: 3072 },
];

/** The beds of targets: each kernel on its usual machine, and on the further ones of its architecture. */
export function bedsOf(targets: readonly Target[]): Bed[] {
  return targets.flatMap((target) => [
    { target },
    ...further
      .filter(({ arch }) => arch === target.arch)
      .map(({ machine }) => ({ target, machine })),
  ]);
}

/** A variant of the first target that it can be built for, since it takes long. */
function variantBeds(targets: readonly Target[], names: readonly VariantName[]): Bed[] {
  const target = targets.find(({ arch }) => arch === "amd64");
  return target ? names.map((machine) => ({ target, machine, softwareDma: true })) : [];
}

/** The User Mode Linux of targets. It has no DMA engine but one made of software. */
export function umlBeds(targets: readonly Target[]): Bed[] {
  return variantBeds(targets, ["uml"]);
}

/** The kernels that look for faults. */
export function debugBeds(targets: readonly Target[]): Bed[] {
  return variantBeds(targets, ["debug", "uml-debug"]);
}

/** The variant of its target's kernel that a bed has, if that is not the stock one. */
export function variantOf({ machine }: Bed): VariantName | undefined {
  return Object.hasOwn(variants, machine ?? "") ? (machine as VariantName) : undefined;
}

/** Whether a bed's kernel runs in User Mode Linux. */
export function isUml(bed: Bed): boolean {
  return variantOf(bed)?.startsWith("uml") ?? false;
}

/** Whether a bed's kernel looks for faults. */
function isDebug(bed: Bed): boolean {
  return variantOf(bed)?.endsWith("debug") ?? false;
}

/** The machine to emulate, if it is not the usual one. */
export function machineOf(bed: Bed): MachineName | undefined {
  return variantOf(bed) ? undefined : (bed.machine as MachineName | undefined);
}

/** What a machine is given besides, if it is a further one. */
export function furtherOf(wanted?: Place): Further | undefined {
  return further.find(({ machine }) => machine === wanted);
}

/** It proves no rule, and takes as long as it is told. */
export const SOAK = "soak";

/** What is about speed, of which kernels that look for faults have little. */
const slow: readonly string[] = ["softdma_overlap"];

/** What takes a kernel that commits faults on demand, or has a disk of memory. */
const onDemand: readonly string[] = ["fault_sweep", "memory_swapped"];

/**
 * Whether a bed has what a conformance program is about: DMA channels, or those that obey it; faults on demand. User Mode
 * Linux, whose page tables and processors are not those of a machine, is for DMA alone, unless it looks for faults.
 */
export function suits(bed: Bed, program: string): boolean {
  const { machine, softwareDma = false } = bed;
  if (program === SOAK || (slow.includes(program) && isDebug(bed))) return false;
  if (program.startsWith("softdma_")) return softwareDma;
  if (program.startsWith("dma_")) return softwareDma || machine !== undefined;
  if (onDemand.includes(program)) return machine === "debug";
  return machine !== "uml";
}

/** A bed for people, its kernel being called `kernel`: `7.3.4+deb13-arm64 on versal`. */
export function bedName({ target, machine, softwareDma }: Bed, kernel = nameOf(target)): string {
  const name = machine ? `${kernel} on ${machine}` : kernel;
  return softwareDma ? `${name} with DMA` : name;
}

/** Takes `--machine NAME` out of a command line. */
export function machineArgument(args: readonly string[]): { machine?: string; rest: string[] } {
  const words = args.flatMap((word) => /^(--machine)=(.*)$/.exec(word)?.slice(1) ?? [word]);
  const at = words.indexOf("--machine");
  const machine = words[at + 1];
  if (at < 0 || machine === undefined) return { rest: words };
  return { machine, rest: [...words.slice(0, at), ...words.slice(at + 2)] };
}

/**
 * The beds with a machine; if none is named, all but those that there are only by name. Errors: NO_MACHINE.
 */
export function bedsWith(
  wanted: string | undefined,
  beds: readonly Bed[],
  byName: readonly Bed[] = [],
): Bed[] {
  const all = [...beds, ...byName];
  const found = wanted === undefined ? [...beds] : all.filter(({ machine }) => machine === wanted);
  if (found.length > 0) return found;
  const names = [...new Set(all.flatMap(({ machine }) => machine ?? []))];
  throw new KnemError({
    code: "NO_MACHINE",
    what: `none of these kernels is tested on a machine ${wanted}`,
    why: names.length > 0 ? `known are ${names.join(", ")}` : "they have their usual ones alone",
    remedy: "choose another machine or other kernels, or add a record to scripts/beds.ts",
  });
}
