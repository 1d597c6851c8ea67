// SPDX-License-Identifier: BSD-3-Clause

/** A kind of machine that programs are built for. */
export interface Platform {
  /** Debian's name of its architecture. */
  readonly arch: string;
  /** For people: `32 bits`. */
  readonly title: string;
  /** A name in `toolchains`. */
  readonly toolchain: string;
  /** Whether its guests have Node. */
  readonly node: boolean;
  /** What it takes to build for it on another machine; nothing for the machine itself. */
  readonly cross?: Cross;
}

/** How Rust and GNU call a foreign machine. */
interface Cross {
  readonly rust: string;
  readonly gnu: string;
}

/** The platforms there are; i386 programs run on kernels of amd64. */
export const platforms = {
  amd64: { arch: "amd64", title: "64 bits", toolchain: "trixie", node: true },
  i386: {
    arch: "amd64",
    title: "32 bits",
    toolchain: "trixie",
    node: false,
    cross: { rust: "i686-unknown-linux-gnu", gnu: "i686-linux-gnu" },
  },
  arm64: {
    arch: "arm64",
    title: "arm64",
    toolchain: "trixie for arm64",
    node: false,
    cross: { rust: "aarch64-unknown-linux-gnu", gnu: "aarch64-linux-gnu" },
  },
} as const satisfies Readonly<Record<string, Platform>>;

/** A name in `platforms`. */
export type PlatformName = keyof typeof platforms;

/** The platform of programs that run on a kernel of Debian's architecture `arch`, as its own. */
export function platformOf(arch: string): PlatformName {
  if (arch === "amd64" || arch === "arm64") return arch;
  throw new Error(`no platform is known for ${arch}; see packages/kernels/src/platforms.ts`);
}

/**
 * The words before cargo that make it build for a platform. Foreign programs are linked statically and so need
 * nothing where they run; Rust's standard library for them is built along from its source, which the toolchain's
 * root has (rustc wants to be told that).
 */
export function cargoFor({ cross }: Platform): string[] {
  if (!cross) return [];
  const own = `CARGO_TARGET_${cross.rust.toUpperCase().replaceAll("-", "_")}`;
  return [
    "env",
    "RUSTC_BOOTSTRAP=1",
    "CARGO_UNSTABLE_BUILD_STD=std",
    `CARGO_BUILD_TARGET=${cross.rust}`,
    `${own}_LINKER=${cross.gnu}-gcc`,
    `${own}_RUSTFLAGS=-Ctarget-feature=+crt-static`,
  ];
}
