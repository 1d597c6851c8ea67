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

/** Compilers for arm64, and for the 32-bit code that its kernels bring for old programs. */
const arm64 = [
  "cargo",
  "g++-aarch64-linux-gnu",
  "gcc-14-aarch64-linux-gnu",
  "gcc-aarch64-linux-gnu",
  "gcc-arm-linux-gnueabihf",
  "libc6-dev-arm64-cross",
];

/** The toolchains there are, by name. */
export const toolchains: Readonly<Record<string, Toolchain>> = {
  trixie: {
    suite: "trixie",
    packages: [...kernelBuild, ...userland, "gcc-14", "libclang-19-dev"].sort(),
  },
  "trixie for arm64": {
    suite: "trixie",
    packages: [...kernelBuild, ...arm64, openssl, "gcc-14", "libclang-19-dev"].sort(),
  },
  sid: {
    suite: "sid",
    packages: [...kernelBuild, openssl, "gcc-16", "libclang-21-dev"].sort(),
  },
};
