// SPDX-License-Identifier: BSD-3-Clause
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Duplex } from "node:stream";
import { KnemError } from "@knem/kernels";
import { type Emulator, processors } from "./machine.js";
import { type OnTrace, TRACER_STREAMS, Tracer, tracerArguments } from "./tracer.js";

/** What a machine is started with; paths are the host's. */
export interface MachineFiles {
  /** Debian's name of the machine's architecture. */
  readonly arch: string;
  readonly vmlinuz: string;
  readonly initramfs: string;
  /** The image of an erofs, attached for reading alone. */
  readonly disk: string;
}

/** The machine to emulate. */
export interface Machine extends MachineFiles {
  readonly emulator: Emulator;
  /** Where the kernel's console and init's verdict are written. */
  readonly console: string;
  readonly verdict: string;
  /** MiB. */
  readonly memory: number;
  readonly cpus: number;
  /** Whether its clock counts instructions; then it has one CPU. */
  readonly counted?: boolean;
  /** Whether programs in it may ask for traces. */
  readonly traced?: boolean;
  /** Words of the kernel's command line before our own: where a setting is there twice, ours counts. */
  readonly kernelArguments: readonly string[];
}

export interface QemuEnd {
  /** QEMU's exit status; 128 + the number of the signal that ended it. */
  readonly status: number;
  /** What QEMU said on its standard error. */
  readonly said: string;
  /** Why it was killed, if it was. */
  readonly killed?: "time" | "flood";
}

// Every fault of the kernel ends the guest at once: a panic reboots (panic=-1), and QEMU ends instead of rebooting.
const kernelLine = [
  "loglevel=7",
  "printk.devkmsg=on",
  "panic=-1",
  "panic_on_warn=1",
  "oops=panic",
  "softlockup_panic=1",
  "hung_task_panic=1",
  "sysctl.kernel.hung_task_timeout_secs=30",
  "sysctl.kernel.panic_on_rcu_stall=1",
];

/**
 * QEMU's arguments. Emulation (TCG) because CI seldom has KVM. The output and the verdict go through virtio ports: a
 * hundred times faster than serial lines, and clean of any terminal's habits. Errors: GUEST_CPUS_FIXED.
 */
export function qemuArguments(machine: Machine): string[] {
  const { arguments: kind, kernelArguments, bus } = machine.emulator;
  const line = [...kernelArguments, ...machine.kernelArguments, ...kernelLine].join(" ");
  const port = (id: string, nr: number) => `virtserialport,chardev=${id},name=knem.${id},nr=${nr}`;
  return [
    ...[...kind, ...pace(machine)],
    ...["-m", `${machine.memory}M`],
    ...["-no-user-config", "-nodefaults", "-no-reboot", "-display", "none", "-monitor", "none"],
    ...["-kernel", machine.vmlinuz, "-initrd", machine.initramfs, "-append", line],
    ...["-chardev", `file,id=console,path=${comma(machine.console)}`, "-serial", "chardev:console"],
    ...["-device", `virtio-serial-${bus}`],
    ...["-chardev", "stdio,id=output,signal=off", "-device", port("output", 1)],
    ...[
      "-chardev",
      `file,id=verdict,path=${comma(machine.verdict)}`,
      "-device",
      port("verdict", 2),
    ],
    ...["-drive", `file=${comma(machine.disk)},if=none,id=disk,format=raw,readonly=on`],
    ...["-device", `virtio-blk-${bus},drive=disk`],
    ...(machine.traced ? tracerArguments : []),
  ];
}

/** As fast as it goes on its CPUs, or by the count of instructions; waiting then takes no time of the host's. */
const pace = ({ emulator, counted = false, cpus }: Machine): string[] => [
  ...(counted ? ["-accel", "tcg", "-icount", "shift=0,sleep=off"] : ["-accel", "tcg,thread=multi"]),
  ...["-smp", String(processors(emulator, counted ? 1 : cpus))],
];

export interface RunOptions {
  /** Seconds. */
  readonly timeLimit: number;
  /** Bytes of output after which the guest is killed. */
  readonly outputLimit: number;
  readonly signal: AbortSignal;
  readonly onOutput: (chunk: Buffer) => void;
  /** Of a traced machine: where traces are written, and who is given them. */
  readonly traces?: { readonly folder: string; readonly onTrace: OnTrace };
}

/**
 * Runs QEMU to its end, passing on the guest's output. QEMU dies with this process (kill -9 included), at the time
 * limit, and when the signal is aborted.
 * Errors: PROGRAM_MISSING; the signal's reason; those of the tracer. Any end of QEMU itself is a result.
 */
export function runQemu(
  emulator: Emulator,
  args: readonly string[],
  options: RunOptions,
): Promise<QemuEnd> {
  const { program } = emulator;
  const { signal, traces } = options;
  const extra = traces ? Array<"pipe">(TRACER_STREAMS).fill("pipe") : [];
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    // Detached: a Ctrl-C in the terminal is for us, who then end QEMU and clean up. Its standard input stays open:
    // at its end QEMU would take the output's other side for gone, and the guest would wait for ever.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", program, ...args], {
      detached: true,
      stdio: ["pipe", "pipe", "pipe", ...extra],
    });
    // These pipes are sockets, which carry both ways.
    const tracer =
      traces && new Tracer(child.stdio.slice(3) as Duplex[], traces.folder, traces.onTrace);
    const watch = watched(child, options);
    child.on("error", (error) => reject(missing("setpriv", "util-linux", error.message)));
    child.on("close", (code, name) => {
      const end = watch();
      if (signal.aborted) return reject(signal.reason);
      if (code === 127) return reject(missing(program, emulator.package, end.said.trim()));
      try {
        tracer?.end();
      } catch (error) {
        return reject(error);
      }
      resolve({ ...end, status: code ?? 128 + (name ? constants.signals[name] : 0) });
    });
  });
}

/** Listens to QEMU and kills it where it must be; the function given back stops that and tells what was seen. */
function watched(child: ChildProcess, options: RunOptions) {
  let said = "";
  let bytes = 0;
  let killed: QemuEnd["killed"];
  const kill = (why?: QemuEnd["killed"]) => {
    killed ??= why;
    child.kill("SIGKILL");
  };
  const stop = () => kill();
  const timer = setTimeout(() => kill("time"), options.timeLimit * 1000);
  options.signal.addEventListener("abort", stop, { once: true });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  child.stdout?.on("data", (chunk: Buffer) => {
    if (killed) return;
    bytes += chunk.length;
    if (bytes > options.outputLimit) return kill("flood");
    options.onOutput(chunk);
  });
  return () => {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", stop);
    return { said, ...(killed ? { killed } : {}) };
  };
}

/** QEMU reads a comma in a path as the end of it unless it is doubled. */
const comma = (path: string) => path.replaceAll(",", ",,");

function missing(name: string, brings: string, why: string): KnemError {
  return new KnemError({
    code: "PROGRAM_MISSING",
    what: `${name} cannot be run, so no guest can be booted`,
    why,
    remedy: `sudo apt-get install ${brings}`,
  });
}
