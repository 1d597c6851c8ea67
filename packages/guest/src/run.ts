// SPDX-License-Identifier: BSD-3-Clause
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Cache, cacheFolder, interrupt } from "@knem/kernels";
import { emulatorSlipped, stoodStill } from "./console.js";
import { type Evidence, GuestFault } from "./fault.js";
import type { GuestRun, GuestVerdict } from "./job.js";
import { keepLog, logName } from "./log.js";
import { emulatorOf } from "./machine.js";
import { type MachineFiles, type QemuEnd, qemuArguments, runQemu } from "./qemu.js";
import { judge } from "./verdict.js";

const outputLimit = 256 << 20;
let guests = 0;

/** How often a run is begun when the emulator, not the guest, makes mistakes; with more CPUs than cores it does. */
const attempts = { slipped: 6, stood: 2 };

/** Makes, in a folder that lasts as long as the guest, what its machine is started with. */
export type Prepare = (folder: string) => Promise<MachineFiles>;

/**
 * Starts a machine, waits for its end and judges it. When the emulator slips or stands still (see `emulatorSlipped`,
 * `stoodStill`), all is repeated with a fresh machine, so `onOutput` may see the beginning twice; the verdict never does.
 */
export async function inGuest(run: GuestRun, prepare: Prepare): Promise<GuestVerdict> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(run, prepare);
    } catch (error) {
      const mistake = error instanceof GuestFault && mistakeOf(error);
      if (!mistake || attempt >= mistake.attempts) throw error;
      process.emitWarning(`${mistake.what}; the guest begins anew`, { code: mistake.code });
    }
  }
}

/** What the emulator did wrong, if it was that and not the guest. */
function mistakeOf({ code, evidence }: GuestFault) {
  if (emulatorSlipped(evidence.console))
    return {
      code: "GUEST_EMULATOR_SLIPPED",
      what: "QEMU ran code that was no longer there",
      attempts: attempts.slipped,
    };
  if (code === "GUEST_TIMEOUT" && stoodStill(evidence.console))
    return {
      code: "GUEST_EMULATOR_STOOD",
      what: "QEMU stood still while the kernel booted",
      attempts: attempts.stood,
    };
  return undefined;
}

async function once(run: GuestRun, prepare: Prepare): Promise<GuestVerdict> {
  const guest = ++guests;
  return new Cache().temporary(`guest${guest}`, async (folder) =>
    runIn(folder, guest, await prepare(folder), run),
  );
}

async function runIn(
  folder: string,
  guest: number,
  files: MachineFiles,
  run: GuestRun,
): Promise<GuestVerdict> {
  const said = { console: join(folder, "console"), verdict: join(folder, "verdict") };
  const { memory = 1024, cpus = 2, counted = false, timeLimit = 120, kernelArguments = [] } = run;
  const { onTrace } = run;
  const chunks: Buffer[] = [];
  const started = performance.now();
  const emulator = emulatorOf(files.arch, run.machine);
  const machine = {
    ...{ ...files, ...said, emulator, memory, cpus, counted, traced: !!onTrace, kernelArguments },
  };
  const end = await runQemu(emulator, qemuArguments(machine), {
    timeLimit,
    outputLimit,
    signal: run.signal ? AbortSignal.any([run.signal, interrupt]) : interrupt,
    onOutput: (chunk) => {
      chunks.push(chunk);
      run.onOutput?.(chunk);
    },
    ...(onTrace && { traces: { folder, onTrace } }),
  });
  const evidence: Evidence = {
    qemu: end,
    console: await textOf(said.console),
    bytes: Buffer.concat(chunks),
    seconds: (performance.now() - started) / 1000,
    log: await keepLog(join(cacheFolder(), "logs"), logName(guest), said.console),
  };
  refuseKilled(end, evidence, timeLimit);
  const verdict = judge(evidence, await textOf(said.verdict));
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
