// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bind, Cache, interrupt, type Sandbox } from "@knem/kernels";
import { writeCpio } from "./cpio.js";
import { type Evidence, GuestFault } from "./fault.js";
import { withFolders } from "./files.js";
import { jobEntries } from "./initramfs.js";
import type { GuestFile, GuestModule, GuestRun, GuestVerdict } from "./job.js";
import { judge } from "./verdict.js";

/** A run in User Mode Linux: kernel code at native speed, on one CPU of this machine. */
export interface UmlJob extends Omit<GuestRun, "cpus" | "onOutput"> {
  /** The kernel, on the host. */
  readonly program: string;
  /** In it the kernel runs, and the guest has its programs and libraries. */
  readonly sandbox: Sandbox;
  /** A static busybox on the host. */
  readonly busybox: string;
  readonly modules?: readonly GuestModule[];
  readonly files?: readonly GuestFile[];
  /** The CPU of this machine on which it stays; by default where it likes. */
  readonly cpu?: number;
}

/**
 * Boots the kernel, loads the modules, runs the command, unloads the modules and powers off; judged as `boot` does.
 * Errors: GuestFault; those of `entriesOf`; the reason of an aborted signal.
 */
export async function bootUml(job: UmlJob): Promise<GuestVerdict> {
  return new Cache().temporary("uml", async (folder) => {
    await mkdir(join(folder, "out"));
    await writeCpio(join(folder, "initramfs"), withFolders(await entries(job)));
    return runIn(folder, job);
  });
}

/** Where the sandbox has what is ours. */
const PROGRAM = "/knem/linux";
const INITRAMFS = "/knem/initramfs";
const OUT = "/knem/out";

async function entries(job: UmlJob) {
  return [
    ...(await jobEntries("uml.sh", await readFile(job.busybox), job)),
    { path: "knem/out", type: "folder", mode: 0o755 } as const,
  ];
}

async function runIn(folder: string, job: UmlJob): Promise<GuestVerdict> {
  const { memory = 1024, timeLimit = 120, kernelArguments = [], cpu, signal = interrupt } = job;
  const pinned = cpu === undefined ? [] : ["taskset", "--cpu-list", String(cpu)];
  const argv = [
    ...[...pinned, PROGRAM, `mem=${memory}M`, "seccomp=on", `initrd=${INITRAMFS}`],
    ...["con0=null,fd:1", "con=null", "loglevel=7", "panic=-1", "oops=panic", "panic_on_warn=1"],
    ...kernelArguments,
  ];
  const binds: Bind[] = [
    { from: job.program, to: PROGRAM },
    { from: join(folder, "initramfs"), to: INITRAMFS },
    { from: join(folder, "out"), to: OUT, write: true },
  ];
  const limit = AbortSignal.timeout(timeLimit * 1000);
  const started = performance.now();
  const evidence = (console: string, status: number, bytes: Buffer): Evidence => ({
    qemu: { status, said: "" },
    console,
    bytes,
    seconds: (performance.now() - started) / 1000,
  });
  const lines: string[] = [];
  try {
    const any = AbortSignal.any([signal, limit]);
    const onLine = (text: string) => lines.push(text);
    const end = await job.sandbox.run(argv, { binds, signal: any, onLine });
    const bytes = await readFile(join(folder, "out/output")).catch(() => Buffer.alloc(0));
    const verdict = await readFile(join(folder, "out/verdict"), "utf8").catch(() => "");
    return judge(evidence(end.output, end.status, bytes), verdict);
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error;
    throw GuestFault.timeout(evidence(lines.join("\n"), 0, Buffer.alloc(0)), timeLimit);
  }
}
