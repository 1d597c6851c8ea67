// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeInitramfs } from "./initramfs.js";
import type { GuestJob, GuestVerdict } from "./job.js";
import { inGuest } from "./run.js";

/**
 * Boots a job's kernel in QEMU, loads its modules, runs its command, unloads the modules and powers off. A command
 * that fails is a verdict like any other; whatever is wrong with the kernel, the modules or the guest is an error.
 * Errors: GuestFault (see `judge`; GUEST_TIMEOUT, GUEST_OUTPUT_FLOOD, GUEST_QEMU_FAILED); PROGRAM_MISSING;
 * GUEST_PATH_INVALID, GUEST_FILE_MISSING, GUEST_MODULES_MISSING; GUEST_NO_EMULATOR, GUEST_CPUS_FIXED; the reason of an aborted signal.
 */
export async function boot(job: GuestJob): Promise<GuestVerdict> {
  return inGuest(job, async (folder) => {
    const initramfs = join(folder, "initramfs");
    await writeInitramfs(initramfs, job, await readFile(job.base.busybox));
    const { arch = "amd64", vmlinuz } = job.kernel;
    return { arch, vmlinuz, initramfs, disk: job.base.image };
  });
}
