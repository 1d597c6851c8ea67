// SPDX-License-Identifier: BSD-3-Clause
import type { MachineName } from "@knem/guest";
import { type DriverName, KnemError, nameOf, type Target } from "@knem/kernels";

/** A kernel and the machine that it is tested on. */
export interface Bed {
  readonly target: Target;
  /** By default the usual one of the kernel's architecture. */
  readonly machine?: MachineName;
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

/** What a machine is given besides, if it is a further one. */
export function furtherOf(wanted?: MachineName): Further | undefined {
  return further.find(({ machine }) => machine === wanted);
}

/** Whether a bed has what a conformance program is about: DMA channels, or those that obey it. */
export function suits({ machine, softwareDma = false }: Bed, program: string): boolean {
  if (program.startsWith("softdma_")) return softwareDma;
  if (program.startsWith("dma_")) return softwareDma || machine !== undefined;
  return true;
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

/** The beds with a machine; all, if none is named. Errors: NO_MACHINE. */
export function bedsWith(wanted: string | undefined, beds: readonly Bed[]): Bed[] {
  const found = beds.filter(({ machine }) => wanted === undefined || machine === wanted);
  if (found.length > 0) return found;
  const names = [...new Set(beds.flatMap(({ machine }) => machine ?? []))];
  throw new KnemError({
    code: "NO_MACHINE",
    what: `none of these kernels is tested on a machine ${wanted}`,
    why: names.length > 0 ? `known are ${names.join(", ")}` : "they have their usual ones alone",
    remedy: "choose another machine or other kernels, or add a record to scripts/beds.ts",
  });
}
