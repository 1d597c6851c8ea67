// SPDX-License-Identifier: BSD-3-Clause
import {
  type Cache,
  type Chroot,
  type DebianSystem,
  type Progress,
  withChroot,
} from "@knem/kernels";

/** The system that packages are made and checked in: the distribution's own tools, for its own format and for RPM. */
const system: DebianSystem = {
  suite: "trixie",
  packages: ["build-essential", "debhelper", "dh-dkms", "lintian", "pkgconf", "rpm", "rpmlint"],
};

/** Where the folder that is worked in lies inside; it is part of no package. */
export const INSIDE = "/root/build";

/** A system with the tools, and a folder of it that is `folder` of the host. */
export interface Bench {
  readonly chroot: Chroot;
  readonly folder: string;
  /** Runs a shell script in the folder; a status other than 0 is an error. */
  must(what: string, script: string, env?: Readonly<Record<string, string>>): Promise<string>;
}

/** Does `work` on a fresh bench. Errors: those of `withChroot`, and whatever `work` throws. */
export function withBench<T>(
  cache: Cache,
  progress: Progress,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  return withChroot(cache, system, progress, (chroot) =>
    cache.temporary("packages", (folder) => {
      const binds = [{ from: folder, to: INSIDE, write: true }];
      const must: Bench["must"] = async (what, script, env = {}) => {
        const argv = ["sh", "-euc", script];
        return (await chroot.must(what, argv, { binds, cwd: INSIDE, env })).output;
      };
      return work({ chroot, folder, must });
    }),
  );
}
