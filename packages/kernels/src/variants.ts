// SPDX-License-Identifier: BSD-3-Clause
import { type Toolchain, toolchains } from "./toolchains.js";

/** A kernel that is configured and built here, out of a stock kernel's source. */
export interface Variant {
  /** For people. */
  readonly title: string;
  /** The kernel's own configuration that `variants/NAME.config` comes on top of. */
  readonly base: string;
  /** What its make is told, and what modules for it are built with, too. */
  readonly variables: readonly string[];
  /** What modules for it are built with besides; of a variable that is there twice, this one counts. */
  readonly moduleVariables?: readonly string[];
  /** What is made, the kernel's image first. */
  readonly targets: readonly string[];
  /** The image in the tree. */
  readonly image: string;
  /** A name in `toolchains`. */
  readonly toolchain: string;
  /** Words of its command line. */
  readonly arguments: readonly string[];
  /** How many times as long as on a stock kernel tests may take on it. */
  readonly slowness: number;
}

/** User Mode Linux loads modules far from itself, which Rust must be told. */
const far = "KRUSTFLAGS=-Crelocation-model=static -Ccode-model=large";

/** Data of the kernel that clang puts far from the rest would be unknown to lockdep; that of modules is far. */
const near = "KCFLAGS=-mlarge-data-threshold=1000000000 -Wno-unused-command-line-argument";
const notNear = "KCFLAGS=-Wno-unused-command-line-argument";

const userMode = { base: "x86_64_defconfig", targets: ["linux", "modules"], image: "linux" };

/** The variants there are. */
export const variants = {
  /** Kernel code at native speed, as a program of the machine. */
  uml: {
    ...{ ...userMode, title: "User Mode Linux", variables: ["ARCH=um"], moduleVariables: [far] },
    ...{ toolchain: "trixie", arguments: [], slowness: 1 },
  },
  /** The same with what looks for faults. */
  "uml-debug": {
    ...{ ...userMode, title: "User Mode Linux that looks for faults" },
    ...{ variables: ["ARCH=um", "LLVM=1", near], moduleVariables: [far, notNear] },
    // With seccomp, KASAN's memory is out of the reach of its first process.
    ...{ toolchain: "trixie with clang", arguments: ["seccomp=off"], slowness: 5 },
  },
  /** A kernel for QEMU that looks for faults, and commits some on demand. */
  debug: {
    ...{ title: "a kernel that looks for faults", base: "tinyconfig", variables: ["LLVM=1"] },
    ...{ targets: ["bzImage", "modules"], image: "arch/x86/boot/bzImage" },
    ...{ toolchain: "trixie with clang", arguments: [], slowness: 5 },
  },
} as const satisfies Readonly<Record<string, Variant>>;

/** A name in `variants`. */
export type VariantName = keyof typeof variants;

/** The toolchain that a variant is built with, and modules for it. */
export function toolchainOfVariant(name: VariantName): Toolchain {
  const toolchain = toolchains[variants[name].toolchain];
  if (toolchain) return toolchain;
  throw new Error(`the toolchain of the variant ${name} is not in the table`);
}
