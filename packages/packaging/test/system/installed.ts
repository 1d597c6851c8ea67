// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { type Chroot, type Kernel, type Target, type Workshop, withChroot } from "@knem/kernels";

/** Where the files of packages/packaging/source/system belong. */
const places: readonly (readonly [string, string])[] = [
  ["60-knem.rules", "/usr/lib/udev/rules.d/60-knem.rules"],
  ["sysusers.conf", "/usr/lib/sysusers.d/knem.conf"],
  ["modules-load.conf", "/usr/lib/modules-load.d/knem.conf"],
];

/** Does `work` in a fresh Debian system with a target's kernel, in which KNEM is installed for it. */
export async function withKnem<T>(
  workshop: Workshop,
  target: Target,
  work: (chroot: Chroot) => Promise<T>,
): Promise<T> {
  const kernel = await workshop.kernel(target);
  const image = ["linux-base/trixie-backports", `linux-image-${kernel.release}`];
  const packages = ["systemd", "systemd-sysv", "udev", "kmod", ...image];
  const debian = { suite: "trixie", further: [target.suite], packages };
  return withChroot(workshop.cache, debian, workshop.progress, async (chroot) => {
    await installKnem(chroot, workshop, kernel);
    return work(chroot);
  });
}

/** Installs the module for the kernel and what makes the system load it and give its device to a group. */
async function installKnem(chroot: Chroot, workshop: Workshop, kernel: Kernel): Promise<void> {
  const module = await workshop.module(kernel.target);
  const updates = `/usr/lib/modules/${kernel.release}/updates`;
  await install(chroot, module.ko, `${updates}/knem.ko`);
  const folder = join(workshop.checkout, "packages/packaging/source/system");
  for (const [name, to] of places) await install(chroot, join(folder, name), to);
  await chroot.must("the modules could not be listed", ["depmod", kernel.release]);
  await chroot.must("the group could not be made", ["systemd-sysusers"]);
}

/** Puts a file of the host into the system. */
export async function install(
  chroot: Chroot,
  from: string,
  to: string,
  mode = "644",
): Promise<void> {
  const inside = "/run/knem/file";
  const argv = ["install", "-D", "-m", mode, inside, to];
  await chroot.must(`${to} could not be installed`, argv, { binds: [{ from, to: inside }] });
}
