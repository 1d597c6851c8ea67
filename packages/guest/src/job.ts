// SPDX-License-Identifier: BSD-3-Clause
import type { Sandbox } from "@knem/kernels";
import type { MachineName } from "./machine.js";
import type { OnTrace } from "./tracer.js";

/** A stock kernel as its packages hold it. */
export interface GuestKernel {
  /** As `uname -r` says it: `7.3.4+deb13-cloud-amd64`. */
  readonly release: string;
  /** Debian's name of its architecture; default amd64. */
  readonly arch?: string;
  /** The compressed kernel image on the host. */
  readonly vmlinuz: string;
  /** The folder of its own modules on the host, the one that holds `kernel/`. */
  readonly modulesDir: string;
}

/** The read-only part of a guest: programs and libraries. Made by `baseImage`. */
export interface BaseImage {
  /** An erofs image on the host, mounted with its `usr` as the guest's. */
  readonly image: string;
  /** A static busybox on the host, with which the guest starts. */
  readonly busybox: string;
}

/** A module to load before the command runs, in the order given. */
export interface GuestModule {
  /** The .ko on the host, uncompressed. */
  readonly file: string;
  /** As for insmod: `pinlocalread=0`. */
  readonly parameters?: readonly string[];
  /** Whether it is unloaded after the command and before pins are counted; a failure fails the run. Default true. */
  readonly unload?: boolean;
}

/** What a guest finds in its file system besides the base image. */
export type GuestFile =
  /** A file or a folder of the host, with everything in it; `mode` is for a file, else the host's is kept. */
  | { readonly to: string; readonly from: string; readonly mode?: number }
  /** A file with these contents; mode 0644 unless told. */
  | { readonly to: string; readonly content: string | Uint8Array; readonly mode?: number };

/** What is to be done in a guest, and what it may take. */
export interface GuestRun {
  /** The program and its arguments, run as root in `/`, without standard input. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What QEMU emulates; by default the usual machine of the kernel's architecture. */
  readonly machine?: MachineName;
  /** MiB; default 1024. What a guest writes into its file system is kept in memory and counts. */
  readonly memory?: number;
  /** Virtual CPUs; default 2. Some machines have just that. */
  readonly cpus?: number;
  /** Runs one instruction a nanosecond of its own time, on one CPU: times become exact counts. Default false. */
  readonly counted?: boolean;
  /** Seconds from start to power-off; default 120, for whole systems 300. */
  readonly timeLimit?: number;
  /** Words added to the kernel's command line: `module.sig_enforce=1`. */
  readonly kernelArguments?: readonly string[];
  /** Given the command's output as it comes, byte for byte. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** Given what the machine executed while a program in it had it recorded: see `Tracer`. */
  readonly onTrace?: OnTrace;
  /** Ends the guest when aborted; by default the process's own interrupt. */
  readonly signal?: AbortSignal;
}

/** A run in a small guest of ours: what to boot, what to put into it, what to do there. */
export interface GuestJob extends GuestRun {
  readonly kernel: GuestKernel;
  readonly base: BaseImage;
  readonly modules?: readonly GuestModule[];
  /**
   * Guest paths are absolute and outside of `/usr`, `/bin`, `/sbin`, `/lib`, `/lib64` (the base image), `/dev`, `/proc`,
   * `/sys`, `/knem`. What they hold is kept in memory, too.
   */
  readonly files?: readonly GuestFile[];
}

/** A run in a whole Debian system, booted as it is: its own init, its own kernel, its own modules. */
export interface SystemJob extends GuestRun {
  /** The system's top on the host; nothing in it is changed. It has systemd, udev, kmod and a kernel's packages. */
  readonly tree: string;
  /** Which of the system's kernels, as `uname -r` says it; by default the newest. */
  readonly release?: string;
  /** Makes the system's image; its root has busybox-static and erofs-utils. */
  readonly sandbox: Sandbox;
  /** Something is built there: what is in /usr/src comes along. */
  readonly builds?: boolean;
}

/** What a run without a fault brings back. */
export interface GuestVerdict {
  /** The command's exit status; 128 + the number of the signal that ended it. */
  readonly status: number;
  /** The command's standard output and standard error, as UTF-8 text. */
  readonly output: string;
  /** The same, byte for byte. */
  readonly bytes: Buffer;
  /** The kernel's log. */
  readonly console: string;
  /** Wall time from start to power-off, in seconds. */
  readonly seconds: number;
  /** Seconds after which the guest was ready to load modules (a system: to run the command), by its own clock. */
  readonly booted: number;
  /** Pages pinned and unpinned between loading the modules and unloading them; equal, or the run is a fault. */
  readonly pins: { readonly acquired: number; readonly released: number };
}
