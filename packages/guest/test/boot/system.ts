// SPDX-License-Identifier: BSD-3-Clause
import { basename } from "node:path";
import { Cache, type Chroot, Progress, type Sandbox, withChroot } from "@knem/kernels";
import { makeBed } from "./bed.js";

/** A Debian system with the module of faults and units that fail; no fault is committed unless asked for. */
export interface System {
  readonly release: string;
  /** What a job needs of it. */
  readonly bootable: { readonly tree: string; readonly sandbox: Sandbox };
  remove(): Promise<void>;
}

const units = {
  "hanging.service":
    "[Unit]\nBefore=multi-user.target\n[Service]\nType=oneshot\nExecStart=sleep infinity",
  "failing.service": "[Unit]\nOnFailure=emergency.target\n[Service]\nType=oneshot\nExecStart=false",
};

/** Makes the system, which lasts until it is removed. */
export async function makeSystem(): Promise<System> {
  const { kernel, sandbox, faults } = await makeBed();
  const packages = ["kmod", "linux-base/trixie-backports", `linux-image-${kernel.release}`];
  const debian = {
    suite: "trixie",
    further: ["trixie-backports"],
    packages: ["systemd", "systemd-sysv", "udev", ...packages],
  };
  return new Promise((resolve, reject) => {
    const whole = withChroot(new Cache(), debian, new Progress(), async (chroot) => {
      await furnish(chroot, kernel.release, faults);
      const bootable = { tree: chroot.tree, sandbox };
      await new Promise<void>((end) => {
        const remove = () => {
          end();
          return whole;
        };
        resolve({ release: kernel.release, bootable, remove });
      });
    });
    whole.catch(reject);
  });
}

/** Installs the module and the units. */
async function furnish(chroot: Chroot, release: string, faults: string): Promise<void> {
  const what = "the system could not be furnished";
  const from = `/run/knem/${basename(faults)}`;
  const install = `install -D -m 644 -t /usr/lib/modules/${release}/updates ${from} && depmod ${release}`;
  await chroot.must(what, ["sh", "-euc", install], { binds: [{ from: faults, to: from }] });
  for (const [name, text] of Object.entries(units))
    await chroot.must(what, ["tee", `/etc/systemd/system/${name}`], { input: `${text}\n` });
}
