// SPDX-License-Identifier: BSD-3-Clause
import { type Chroot, type DebianSystem, type Workshop, withChroot } from "@knem/kernels";

/** A fresh system that lasts for several tests, until it is removed. */
export interface Lasting {
  readonly chroot: Chroot;
  remove(): Promise<void>;
}

/** A fresh copy of a system. Errors: those of `withChroot`. */
export function lasting(workshop: Workshop, system: DebianSystem): Promise<Lasting> {
  return new Promise((resolve, reject) => {
    const whole = withChroot(workshop.cache, system, workshop.progress, async (chroot) => {
      await new Promise<void>((done) => {
        const remove = () => {
          done();
          return whole;
        };
        resolve({ chroot, remove });
      });
    });
    whole.catch(reject);
  });
}
