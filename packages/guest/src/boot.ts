// SPDX-License-Identifier: BSD-3-Clause
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Cache, cacheFolder, interrupt } from "@knem/kernels";
import { emulatorSlipped } from "./console.js";
import { type Evidence, GuestFault } from "./fault.js";
import { writeInitramfs } from "./initramfs.js";
import type { GuestJob, GuestVerdict } from "./job.js";
import { keepLog, logName } from "./log.js";
import { emulatorOf } from "./machine.js";
import { type QemuEnd, qemuArguments, runQemu } from "./qemu.js";
import { judge } from "./verdict.js";

const outputLimit = 256 << 20;
let guests = 0;

/** How often a run is begun anew when the emulator, not the guest, made a mistake; that is seldom. */
const attempts = 3;

/**
 * Boots a job's kernel in QEMU, loads its modules, runs its command, unloads the modules and powers off. A command
 * that fails is a verdict like any other; whatever is wrong with the kernel, the modules or the guest is an error.
 * When the emulator slips (see `emulatorSlipped`), the whole run is repeated in a fresh guest, so `onOutput` may see
 * the beginning twice; the verdict never does.
 * Errors: GuestFault (see `judge`; GUEST_TIMEOUT, GUEST_OUTPUT_FLOOD, GUEST_QEMU_FAILED); PROGRAM_MISSING;
 * GUEST_PATH_INVALID, GUEST_FILE_MISSING, GUEST_MODULES_MISSING; the reason of an aborted signal.
 */
export async function boot(job: GuestJob): Promise<GuestVerdict> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await bootOnce(job);
    } catch (error) {
      const slipped = error instanceof GuestFault && emulatorSlipped(error.evidence.console);
      if (!slipped || attempt === attempts) throw error;
      process.emitWarning("QEMU ran code that was no longer there; the guest begins anew", {
        code: "GUEST_EMULATOR_SLIPPED",
      });
    }
  }
}

async function bootOnce(job: GuestJob): Promise<GuestVerdict> {
  const guest = ++guests;
  return new Cache().temporary(`guest${guest}`, async (folder) => {
    const initramfs = join(folder, "initramfs");
    await writeInitramfs(initramfs, job, await readFile(job.base.busybox));
    return runIn(folder, guest, initramfs, job);
  });
}

async function runIn(
  folder: string,
  guest: number,
  initramfs: string,
  job: GuestJob,
): Promise<GuestVerdict> {
  const files = { console: join(folder, "console"), verdict: join(folder, "verdict") };
  const { memory = 1024, cpus = 2, timeLimit = 120 } = job;
  const { vmlinuz, arch = "amd64" } = job.kernel;
  const machine = { arch, vmlinuz, initramfs, base: job.base.image, memory, cpus };
  const chunks: Buffer[] = [];
  const started = performance.now();
  const end = await runQemu(emulatorOf(arch), qemuArguments({ ...machine, ...files }), {
    timeLimit,
    outputLimit,
    signal: job.signal ? AbortSignal.any([job.signal, interrupt]) : interrupt,
    onOutput: (chunk) => {
      chunks.push(chunk);
      job.onOutput?.(chunk);
    },
  });
  const evidence: Evidence = {
    qemu: end,
    console: await textOf(files.console),
    bytes: Buffer.concat(chunks),
    seconds: (performance.now() - started) / 1000,
    log: await keepLog(join(cacheFolder(), "logs"), logName(guest), files.console),
  };
  refuseKilled(end, evidence, timeLimit);
  const verdict = judge(evidence, await textOf(files.verdict));
  // The log of a run that passed is in its verdict; only those of faults are kept.
  if (evidence.log) await rm(evidence.log, { force: true });
  return verdict;
}

function refuseKilled(end: QemuEnd, evidence: Evidence, timeLimit: number): void {
  if (end.killed === "time") throw GuestFault.timeout(evidence, timeLimit);
  if (end.killed === "flood") throw GuestFault.flood(evidence, outputLimit);
}

/** A file that QEMU writes; it is not there if QEMU could not begin. */
async function textOf(file: string): Promise<string> {
  return readFile(file, "utf8").catch(() => "");
}
