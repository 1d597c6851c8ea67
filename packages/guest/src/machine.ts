// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/kernels";

/** A kind of machine that QEMU emulates. */
export interface Emulator {
  readonly program: string;
  /** The Debian package that brings it. */
  readonly package: string;
  /** Machine and processor. */
  readonly arguments: readonly string[];
  /** Words of the kernel's command line that go with the machine, its serial line first. */
  readonly kernelArguments: readonly string[];
  /** What the guest's disk and ports are attached to, as the names of virtio's devices end. */
  readonly bus: "pci" | "device";
  /** The kernel's driver of that bus. */
  readonly busDriver: string;
  /** Where the machine has a number of its own: the CPUs that run the kernel, and all that QEMU counts. */
  readonly cpus?: { readonly kernel: number; readonly all: number };
}

const pci = { bus: "pci", busDriver: "virtio_pci" } as const;
const arm = { program: "qemu-system-aarch64", package: "qemu-system-arm" } as const;

/** The machines there are, by architecture as Debian calls it; the usual one is the first. */
const emulators: Readonly<Record<string, Readonly<Record<string, Emulator>>>> = {
  amd64: {
    q35: {
      ...{ program: "qemu-system-x86_64", package: "qemu-system-x86", ...pci },
      // q35 boots faster than pc. TCG runs string instructions byte by byte: the kernel must not prefer them for copying.
      arguments: ["-machine", "q35", "-cpu", "max,-erms,-fsrm"],
      // Where others keep the emulator from running, the kernel would find that its timer does not tick, and panic.
      kernelArguments: ["console=ttyS0", "no_timer_check"],
    },
  },
  arm64: {
    virt: {
      ...{ ...arm, ...pci },
      // The architecture's own algorithm of pointer authentication takes an emulator most of its time.
      arguments: ["-machine", "virt", "-cpu", "max,pauth-impdef=on"],
      kernelArguments: ["console=ttyAMA0"],
    },
    // AMD's Versal, for the sake of its eight DMA engines.
    versal: {
      ...{ ...arm, bus: "device", busDriver: "virtio_mmio" },
      arguments: ["-machine", "xlnx-versal-virt", "-global", "virtio-mmio.force-legacy=false"],
      kernelArguments: ["console=ttyAMA0"],
      // The others are for real-time programs and stay off.
      cpus: { kernel: 2, all: 4 },
    },
  },
};

/** A machine that a job may ask for. */
export type MachineName = "q35" | "virt" | "versal";

/**
 * The machine of that name for Debian's architecture `arch`, by default the usual one. Errors: GUEST_NO_EMULATOR.
 */
export function emulatorOf(arch = "amd64", machine?: MachineName): Emulator {
  const all = emulators[arch] ?? {};
  const emulator = machine ? all[machine] : Object.values(all)[0];
  if (emulator) return emulator;
  const names = Object.entries(emulators).map(
    ([of, theirs]) => `${of} (${Object.keys(theirs).join(", ")})`,
  );
  throw new KnemError({
    code: "GUEST_NO_EMULATOR",
    what: `no guest of the architecture ${arch}${machine ? ` on a ${machine}` : ""} can be booted`,
    why: `known are ${names.join(", ")}`,
    remedy: "add a record to packages/guest/src/machine.ts",
  });
}

/** How many processors QEMU is to be told of, for a kernel that has `cpus`. Errors: GUEST_CPUS_FIXED. */
export function processors({ cpus: own, arguments: [, name] }: Emulator, cpus: number): number {
  if (!own) return cpus;
  if (own.kernel === cpus) return own.all;
  throw new KnemError({
    code: "GUEST_CPUS_FIXED",
    what: `a machine ${name} with ${cpus} CPU${cpus === 1 ? "" : "s"} was asked for`,
    why: `it has ${own.kernel}, neither more nor fewer`,
    remedy: "ask for as many, and for no counting of instructions; or for another machine",
  });
}
