// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Cache, interrupt, run } from "@knem/kernels";
import { writeCpio } from "./cpio.js";
import { type Evidence, GuestFault } from "./fault.js";
import { withFolders } from "./files.js";
import { jobEntries } from "./initramfs.js";
import type { GuestFile, GuestModule, GuestRun, GuestVerdict } from "./job.js";
import { quote } from "./script.js";
import { judge } from "./verdict.js";

/** A run in User Mode Linux: kernel code at native speed, on one CPU of this machine. */
export interface UmlJob extends Omit<GuestRun, "cpus" | "onOutput"> {
  /** The kernel. */
  readonly program: string;
  /** A Debian system's top on the host, whose programs and libraries the guest has; it must not be written to. */
  readonly base: string;
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
    const out = join(folder, "out");
    await mkdir(out);
    await writeCpio(join(folder, "initramfs"), withFolders(await entries(job, out)));
    return runIn(folder, out, job);
  });
}

async function entries(job: UmlJob, out: string) {
  const busybox = await readFile(job.busybox);
  const places = `base=${quote(job.base)}\nout=${quote(out)}\n`;
  return [
    ...(await jobEntries("uml.sh", busybox, job)),
    { path: "knem/out", type: "folder", mode: 0o755 } as const,
    { path: "knem/places", type: "file", mode: 0o644, content: Buffer.from(places) } as const,
  ];
}

async function runIn(folder: string, out: string, job: UmlJob): Promise<GuestVerdict> {
  const { memory = 1024, timeLimit = 120, kernelArguments = [], cpu, signal = interrupt } = job;
  const line = [
    ...[`mem=${memory}M`, "seccomp=on", `initrd=${join(folder, "initramfs")}`],
    ...["con0=null,fd:1", "con=null", "loglevel=7", "panic=-1", "oops=panic", "panic_on_warn=1"],
    ...kernelArguments,
  ];
  const pinned = cpu === undefined ? [] : ["taskset", "--cpu-list", String(cpu)];
  const [program = "", ...args] = [...pinned, job.program, ...line];
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
    const end = await run(program, args, { signal: any, onLine, env: { TMPDIR: folder } });
    const bytes = await readFile(join(out, "output")).catch(() => Buffer.alloc(0));
    const verdict = await readFile(join(out, "verdict"), "utf8").catch(() => "");
    return judge(evidence(end.output, end.status, bytes), verdict);
  } catch (error) {
    if (!limit.aborted || signal.aborted) throw error;
    throw GuestFault.timeout(evidence(lines.join("\n"), 0, Buffer.alloc(0)), timeLimit);
  }
}
