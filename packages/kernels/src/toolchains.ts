// SPDX-License-Identifier: BSD-3-Clause

/** A Debian suite whose compilers built some kernels, and what a root of it must hold to build for them. */
export interface Toolchain {
  readonly suite: string;
  /** Compilers and what the kernel's build runs. */
  readonly packages: readonly string[];
}

/** What our own Rust, Node and images need beside a kernel's build. */
const userland = [
  "busybox-static",
  "ca-certificates",
  "cargo",
  "erofs-utils",
  "g++",
  "gcc-i686-linux-gnu",
  "libc6-dev-i386-cross",
  "nodejs",
  "pkgconf",
  "rust-clippy",
  "rustfmt",
];

const kernelBuild = [
  ...[
    "bc",
    "bindgen",
    "bison",
    "cpio",
    "dwarves",
    "flex",
    "gcc",
    "kmod",
    "libc6-dev",
    "libelf-dev",
  ],
  ...["libssl-dev", "make", "perl", "python3-minimal", "rust-src", "rustc", "xz-utils"],
];

/** The kernel's configuration asks openssl which signatures it knows; `userland` has it by its certificates. */
const openssl = "openssl";

/** What our own programs for arm64 need beside a kernel's build. */
const userlandForArm64 = [
  "cargo",
  "g++-aarch64-linux-gnu",
  "gcc-aarch64-linux-gnu",
  "libc6-dev-arm64-cross",
];

/** A toolchain told in two parts. */
interface Recipe {
  readonly suite: string;
  /** Compilers of the kernel, by version, and what its build runs. */
  readonly build: readonly string[];
  /** What the root holds besides. */
  readonly further?: readonly string[];
}

const recipes: Readonly<Record<string, Recipe>> = {
  trixie: {
    suite: "trixie",
    build: [...kernelBuild, "gcc-14", "libclang-19-dev"],
    further: userland,
  },
  "trixie with clang": {
    suite: "trixie",
    build: [...kernelBuild, openssl, "clang", "libclang-19-dev", "lld", "llvm"],
  },
  "trixie for arm64": {
    suite: "trixie",
    // The second one is for the code that arm64 kernels bring for 32-bit programs.
    build: [
      ...[...kernelBuild, openssl, "gcc-14", "libclang-19-dev"],
      ...["gcc-14-aarch64-linux-gnu", "gcc-arm-linux-gnueabihf"],
    ],
    further: userlandForArm64,
  },
  sid: {
    suite: "sid",
    build: [...kernelBuild, openssl, "gcc-16", "libclang-21-dev"],
  },
};

/** The toolchains there are, by name. */
export const toolchains: Readonly<Record<string, Toolchain>> = Object.fromEntries(
  Object.entries(recipes).map(([name, { suite, build, further = [] }]) => [
    name,
    { suite, packages: [...build, ...further].sort() },
  ]),
);

/** The packages of a toolchain that building the module takes, sorted. */
export function buildPackages(name: string): string[] {
  return [...new Set([openssl, ...(recipes[name]?.build ?? [])])].sort();
}
