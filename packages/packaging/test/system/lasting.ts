// SPDX-License-Identifier: BSD-3-Clause
import { type Cache, type Chroot, type Progress, withChroot } from "@knem/kernels";

/** A Debian system for the tests of a file; it lasts until it is removed. */
export interface Lasting {
  readonly chroot: Chroot;
  remove(): Promise<void>;
}

/** Makes a system as `withChroot` does. */
export function lasting(
  cache: Cache,
  system: Parameters<typeof withChroot>[1],
  progress: Progress,
): Promise<Lasting> {
  return new Promise((resolve, reject) => {
    let end: () => void = () => {};
    const ended = new Promise<void>((done) => {
      end = done;
    });
    const whole = withChroot(cache, system, progress, (chroot) => {
      const remove = () => {
        end();
        return whole;
      };
      resolve({ chroot, remove });
      return ended;
    });
    whole.catch(reject);
  });
}
