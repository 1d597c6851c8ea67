// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { compareReleases, exists, KnemError } from "@knem/kernels";
import { systemImage } from "./image.js";
import { writeSystemInitramfs } from "./initramfs.js";
import type { GuestKernel, GuestVerdict, SystemJob } from "./job.js";
import { inGuest } from "./run.js";

/** Boots are kept short by leaving out what waits for people, networks or the passing of time. */
const masked = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "e2scrub_reap.service",
  "fstrim.timer",
  "getty.target",
  "systemd-networkd-wait-online.service",
];

const kernelArguments = [
  "systemd.unit=knem-guest.target",
  ...masked.map((unit) => `systemd.mask=${unit}`),
  // The image was never booted before, but that is no reason to decide anew which units are enabled.
  "systemd.condition_first_boot=no",
  // What systemd says goes into the kernel's log, whose lines stay whole.
  "systemd.log_target=kmsg",
  "systemd.show_status=no",
  // Should systemd itself die, the guest ends instead of standing still.
  "systemd.crash_action=poweroff",
];

/**
 * Boots a whole Debian system in QEMU, by its own systemd and on its own stock kernel, runs the command once it has
 * reached multi-user.target, and powers off. The system may write everywhere; nothing of that outlives it.
 * The verdict is as of `boot`, pins and taint being those of the system's whole life.
 * Errors: those of `boot` but for modules and files; GUEST_SYSTEM_FAILED (systemd gave up on the way),
 * GUEST_NO_SYSTEM (no kernel that the tree could be booted on); COMMAND_FAILED if the image cannot be made; DISK_FULL.
 */
export async function bootSystem(job: SystemJob): Promise<GuestVerdict> {
  const kernel = await kernelIn(job.tree, job.release);
  const arguments_ = [...kernelArguments, ...(job.kernelArguments ?? [])];
  const run = { timeLimit: 300, ...job, kernelArguments: arguments_ };
  return inGuest(run, async (folder) => {
    const { image, busybox } = await systemImage(job, folder);
    const initramfs = join(folder, "initramfs");
    await writeSystemInitramfs(initramfs, kernel, run, await readFile(busybox));
    return { arch: "amd64", vmlinuz: kernel.vmlinuz, initramfs, disk: image };
  });
}

/** A kernel that is installed in a system, by default the newest. Errors: GUEST_NO_SYSTEM. */
export async function kernelIn(tree: string, release?: string): Promise<GuestKernel> {
  const folder = join(tree, "usr/lib/modules");
  const names = (await exists(folder)) ? await readdir(folder) : [];
  const images = names.map((name) => ({ name, vmlinuz: join(tree, "boot", `vmlinuz-${name}`) }));
  const present = await Promise.all(images.map(({ vmlinuz }) => exists(vmlinuz)));
  const found = images.filter((_, index) => present[index]);
  const chosen = release
    ? found.find(({ name }) => name === release)
    : found.sort((a, b) => compareReleases(b.name, a.name))[0];
  if (!chosen)
    throw noKernel(
      tree,
      release,
      found.map(({ name }) => name),
    );
  return { release: chosen.name, vmlinuz: chosen.vmlinuz, modulesDir: join(folder, chosen.name) };
}

function noKernel(tree: string, release: string | undefined, found: string[]): KnemError {
  return new KnemError({
    code: "GUEST_NO_SYSTEM",
    what: `${tree} cannot be booted${release ? ` on ${release}` : ""}`,
    why: found.length > 0 ? `it has the kernels ${found.join(", ")}` : "it has no kernel in /boot",
    remedy: "install the package linux-image of that kernel in the system",
  });
}
