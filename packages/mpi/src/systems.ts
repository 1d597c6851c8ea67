// SPDX-License-Identifier: BSD-3-Clause
import type { Toolchain } from "@knem/kernels";

/** What every system needs to make plugins from Debian's sources and to start as a guest. */
const common = [
  ...["busybox-static", "dpkg-dev", "file", "gcc", "libc6-dev", "make", "perl", "pkgconf"],
  ...["hpcc", "libopenmpi-dev", "netpipe-openmpi", "openmpi-bin"],
];

/** The Debian systems whose MPI stacks are tried: each holds what runs and what builds. */
export const systems = {
  bookworm: {
    suite: "bookworm",
    packages: [
      ...common,
      ...["autoconf", "automake", "g++", "libibverbs-dev", "libnuma-dev", "librdmacm-dev"],
      ...["libmpich-dev", "libtool", "libucx-dev", "mpich", "netpipe-mpich2", "ucx-utils"],
    ].sort(),
  },
  trixie: {
    suite: "trixie",
    packages: [
      ...common,
      ...["libevent-dev", "libhwloc-dev", "libpmix-dev", "nodejs", "zlib1g-dev"],
    ].sort(),
  },
} as const satisfies Readonly<Record<string, Toolchain>>;

/** A name in `systems`. */
export type SystemName = keyof typeof systems;
