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
}

const emulators: Readonly<Record<string, Emulator>> = {
  amd64: {
    program: "qemu-system-x86_64",
    package: "qemu-system-x86",
    // q35 boots faster than pc. TCG runs string instructions byte by byte: the kernel must not prefer them for copying.
    arguments: ["-machine", "q35", "-cpu", "max,-erms,-fsrm"],
    // Where others keep the emulator from running, the kernel would find that its timer does not tick, and panic.
    kernelArguments: ["console=ttyS0", "no_timer_check"],
  },
  arm64: {
    program: "qemu-system-aarch64",
    package: "qemu-system-arm",
    // The architecture's own algorithm of pointer authentication takes an emulator most of its time.
    arguments: ["-machine", "virt", "-cpu", "max,pauth-impdef=on"],
    kernelArguments: ["console=ttyAMA0"],
  },
};

/** The emulator of Debian's architecture `arch`. Errors: GUEST_NO_EMULATOR. */
export function emulatorOf(arch = "amd64"): Emulator {
  const emulator = emulators[arch];
  if (emulator) return emulator;
  throw new KnemError({
    code: "GUEST_NO_EMULATOR",
    what: `no guest of the architecture ${arch} can be booted`,
    why: `known are ${Object.keys(emulators).join(", ")}`,
    remedy: "add a record to packages/guest/src/machine.ts",
  });
}
