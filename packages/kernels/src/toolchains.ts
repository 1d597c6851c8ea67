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

/** The toolchains there are, by name. */
export const toolchains: Readonly<Record<string, Toolchain>> = {
  trixie: {
    suite: "trixie",
    packages: [...kernelBuild, ...userland, "gcc-14", "libclang-19-dev"].sort(),
  },
};
