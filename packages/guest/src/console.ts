// SPDX-License-Identifier: BSD-3-Clause

/** What a kernel says when something is wrong with it. */
export type FaultKind =
  | "warn"
  | "bug"
  | "oops"
  | "panic"
  | "lockdep"
  | "sanitizer"
  | "hang"
  | "memory";

/** A line of a kernel's log that tells of a fault. */
export interface ConsoleFault {
  readonly kind: FaultKind;
  readonly line: string;
}

// The first that fits says the kind. All begin where the message does: "WARNING:" occurs within harmless ones too.
const patterns: readonly (readonly [FaultKind, RegExp])[] = [
  ["sanitizer", /^(BUG: )?(KASAN|KCSAN|KMSAN|KFENCE|UBSAN)[: ]/],
  ["sanitizer", /^kmemleak: \d+ new suspected memory leaks/],
  [
    "lockdep",
    /^WARNING: (possible|inconsistent|suspicious|bad unlock|held lock|lock held|Nested lock|HARDIRQ|SOFTIRQ)/,
  ],
  [
    "lockdep",
    /^BUG: (held lock freed|key .* has not been registered|MAX_LOCK)|^INFO: trying to register non-static key/,
  ],
  ["hang", /^(watchdog: )?BUG: (soft|hard) lockup|^watchdog: Watchdog detected hard LOCKUP/i],
  ["hang", /^INFO: task .* blocked (for more than|in I\/O wait)/],
  ["hang", /^(rcu: )?INFO: rcu\w* (self-)?detected (expedited )?stall/],
  ["panic", /^Kernel panic - not syncing/],
  [
    "oops",
    /^(Oops|general protection fault|double fault|stack segment|divide error|invalid opcode|Internal error)\b/,
  ],
  ["oops", /^BUG: (kernel NULL pointer|unable to handle)/],
  ["oops", /^Unable to handle kernel/],
  ["bug", /^kernel BUG at |^BUG: |^rust_kernel: panicked at|^list_(add|del) corruption/],
  ["warn", /^WARNING: /],
  ["memory", /^Initramfs unpacking failed/],
];

// A serial console's lines bear a time, and a task or CPU where CONFIG_PRINTK_CALLER is set.
const prefix = /^(\[\s*\d+\.\d+\])?(\[\s*[TC]\d+\])?\s*/;

/** The lines of a kernel's log that tell of a fault, in their order; empty for a healthy one. */
export function faultsIn(log: string): ConsoleFault[] {
  return lines(log).flatMap((line) => {
    const message = line.replace(prefix, "");
    const found = patterns.find(([, pattern]) => pattern.test(message));
    return found ? [{ kind: found[0], line: message }] : [];
  });
}

/**
 * Whether the log's first fault is QEMU's and not the kernel's: TCG with several threads (seen with QEMU 7.2) may run
 * a breakpoint that the kernel, patching its own code, has already replaced. The oops then shows another byte than
 * a breakpoint's (cc) where it trapped; a breakpoint that is really there shows itself.
 */
export function emulatorSlipped(log: string): boolean {
  const [first] = faultsIn(log);
  const trapped = /^.*\bCode:.*? ([0-9a-f]{2}) <[0-9a-f]{2}>/m.exec(
    first ? around(log, first) : "",
  );
  return (
    first !== undefined &&
    /^Oops: int3\b/.test(first.line) &&
    trapped !== null &&
    trapped[1] !== "cc"
  );
}

/**
 * Whether a kernel that was given up stood still before it ran its first program, without a word: there, nothing of ours
 * runs yet. QEMU 7.2's clocks do that to one boot of some hundreds on a busy machine.
 */
export function stoodStill(log: string): boolean {
  return log.includes("Linux version") && !log.includes("Run /init") && faultsIn(log).length === 0;
}

/** The last lines of a kernel's log. */
export function tailOf(log: string, count = 25): string {
  return lines(log.trimEnd()).slice(-count).join("\n");
}

/** What the log holds from the last line that contains `mark` on, without the lines of powering off. */
export function since(log: string, mark: string): string {
  const all = lines(log.trimEnd());
  const at = all.findLastIndex((line) => line.includes(mark));
  return all
    .slice(at < 0 ? 0 : at + 1)
    .filter((line) => !/reboot: Power down|ACPI: PM: Preparing/.test(line))
    .join("\n");
}

/** The log around its first fault: the two lines before, and as many after as a report of it usually takes. */
export function around(log: string, fault: ConsoleFault, count = 40): string {
  const all = lines(log.trimEnd());
  const at = all.findIndex((line) => line.endsWith(fault.line));
  return all.slice(Math.max(0, at - 2), at + count).join("\n");
}

const lines = (log: string) => log.split(/\r*\n/);
