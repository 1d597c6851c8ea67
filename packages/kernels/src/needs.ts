// SPDX-License-Identifier: BSD-3-Clause

/** Something the host must have, and the Debian package that brings it. */
export interface Need {
  /** A program's name, or an absolute path. */
  readonly name: string;
  readonly package: string;
  /** Needed only by those who are not root. */
  readonly unprivileged?: boolean;
  /** Needed only where guests of this architecture are booted. */
  readonly arch?: string;
}

/** Everything that is run or read on the host itself; the rest lives in toolchain roots. */
export const needs: readonly Need[] = [
  { name: "mmdebstrap", package: "mmdebstrap" },
  { name: "qemu-system-x86_64", package: "qemu-system-x86" },
  { name: "qemu-system-aarch64", package: "qemu-system-arm", arch: "arm64" },
  { name: "xz", package: "xz-utils" },
  { name: "/usr/share/keyrings/debian-archive-keyring.gpg", package: "debian-archive-keyring" },
  { name: "apt-get", package: "apt" },
  { name: "dpkg-deb", package: "dpkg" },
  { name: "tar", package: "tar" },
  { name: "flock", package: "util-linux" },
  { name: "setpriv", package: "util-linux" },
  { name: "unshare", package: "util-linux" },
  { name: "mount", package: "mount" },
  { name: "newuidmap", package: "uidmap", unprivileged: true },
];

/** What is needed by all, and for guests of an architecture if one is named. */
export function needsFor(arch?: string): Need[] {
  return needs.filter((need) => need.arch === undefined || need.arch === arch);
}

/** The Debian package that brings a program, if it is one of the programs needed. */
export function packageOf(program: string): string | undefined {
  return needs.find((need) => need.name === program)?.package;
}
