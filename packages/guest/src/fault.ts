// SPDX-License-Identifier: BSD-3-Clause
import { KnemError, type Report } from "@knem/kernels";
import { around, type ConsoleFault, faultsIn, since, tailOf } from "./console.js";

/** What is known about a run when it ends, however it ended. */
export interface Evidence {
  /** What QEMU itself ended with, and what it said. */
  readonly qemu: { readonly status: number; readonly said: string };
  readonly console: string;
  /** The command's output so far. */
  readonly bytes: Buffer;
  readonly seconds: number;
  /** Where the whole console is kept, if it is. */
  readonly log?: string | undefined;
}

/** A run that failed: its error tells why with the kernel's log, and holds all that is known. */
export class GuestFault extends KnemError {
  /** The faults that the kernel's log tells of. */
  readonly faults: readonly ConsoleFault[];

  constructor(
    report: Report,
    readonly evidence: Evidence,
  ) {
    const where = evidence.log ? `\nthe kernel's whole log is kept in ${evidence.log}` : "";
    super({ ...report, why: report.why + where });
    this.faults = faultsIn(evidence.console);
  }

  /** The kernel warned, oopsed, panicked or hung. */
  static kernel(evidence: Evidence): GuestFault {
    const first = faultsIn(evidence.console)[0] ?? { kind: "bug", line: "" };
    const full = first.kind === "memory";
    return new GuestFault(
      {
        code: "GUEST_KERNEL_FAULT",
        what: `the guest's kernel reported a fault (${first.kind}): ${first.line}`,
        why: full
          ? "the files of the job do not fit into its memory"
          : around(evidence.console, first),
        remedy: full
          ? "give the guest more memory, or fewer files"
          : "mend what the first function of the call trace that is ours did",
      },
      evidence,
    );
  }

  /** init.sh gave up: `word` says at what. */
  static reported(evidence: Evidence, word: string, detail: string): GuestFault {
    const log = since(evidence.console, word === "rmmod" ? "knem: unloading" : "knem: loading");
    const why = [detail.trim(), log].filter(Boolean).join("\n");
    return new GuestFault({ ...(reports[word] ?? unknown(word)), why }, evidence);
  }

  static noVerdict(evidence: Evidence): GuestFault {
    const { status, said } = evidence.qemu;
    const died = status !== 0;
    return new GuestFault(
      {
        code: died ? "GUEST_QEMU_FAILED" : "GUEST_NO_VERDICT",
        what: died ? `QEMU ended with status ${status}` : "the guest ended without a verdict",
        why: [said.trim(), log(evidence)].filter(Boolean).join("\n"),
        remedy: died
          ? "read what QEMU says above; try with more memory free on this machine"
          : "read the end of the kernel's log above",
      },
      evidence,
    );
  }

  static tainted(evidence: Evidence, taints: readonly string[]): GuestFault {
    return new GuestFault(
      {
        code: "GUEST_TAINTED",
        what: "the guest's kernel was tainted by the run",
        why: `${taints.join(", ")}\n${log(evidence)}`,
        remedy: "find in the kernel's log what set it",
      },
      evidence,
    );
  }

  static leaked(evidence: Evidence, acquired: number, released: number): GuestFault {
    return new GuestFault(
      {
        code: "GUEST_PIN_LEAK",
        what: `${acquired - released} pinned pages were never unpinned`,
        why: `the kernel counted ${acquired} pins acquired and ${released} released over the run`,
        remedy: "see that every path that ends a region or a copy unpins its pages",
      },
      evidence,
    );
  }

  static timeout(evidence: Evidence, limit: number): GuestFault {
    return new GuestFault(
      {
        code: "GUEST_TIMEOUT",
        what: `the guest did not end within ${limit} s and was killed`,
        why: log(evidence),
        remedy:
          "find what hangs in the log above, or give a larger time limit if it was merely slow",
      },
      evidence,
    );
  }

  static flood(evidence: Evidence, limit: number): GuestFault {
    return new GuestFault(
      {
        code: "GUEST_OUTPUT_FLOOD",
        what: `the command wrote more than ${limit} bytes and the guest was killed`,
        why: `it began with: ${evidence.bytes.toString("utf8", 0, 200)}`,
        remedy: "make the command write less",
      },
      evidence,
    );
  }
}

const reports: Readonly<Record<string, Omit<Report, "why">>> = {
  insmod: {
    code: "GUEST_MODULE_REFUSED",
    what: "the guest's kernel refused a module",
    remedy: "build the module for exactly this kernel, and check its parameters",
  },
  rmmod: {
    code: "GUEST_UNLOAD_FAILED",
    what: "a module could not be unloaded after the command",
    remedy: "find what still holds it: a reference that is never dropped",
  },
  leftover: {
    code: "GUEST_PROCESS_STUCK",
    what: "a process that the command left behind cannot be killed",
    remedy: "find in the list of processes what it waits for in the kernel (state D)",
  },
  system: {
    code: "GUEST_SYSTEM_FAILED",
    what: "the guest's systemd gave up before the command could run",
    remedy: "mend the units that failed; the log above tells which and why",
  },
  base: {
    code: "GUEST_BASE_FAILED",
    what: "the guest's image could not be mounted",
    remedy: "remove the guest-base folder of the cache and run again",
  },
};

function unknown(word: string): Omit<Report, "why"> {
  return {
    code: "GUEST_FAULT",
    what: `the guest failed: ${word}`,
    remedy: "read the reason above",
  };
}

/** The end of the kernel's log under a heading of its own. */
function log(evidence: Evidence): string {
  const tail = tailOf(evidence.console);
  return tail ? `the end of the kernel's log:\n${tail}` : "the kernel logged nothing";
}
