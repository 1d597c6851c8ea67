// SPDX-License-Identifier: BSD-3-Clause
import { faultsIn } from "./console.js";
import { type Evidence, GuestFault } from "./fault.js";
import type { GuestVerdict } from "./job.js";

/** What init.sh wrote: key=value lines, the last value of a key counting. */
export function parseVerdict(text: string): ReadonlyMap<string, string> {
  const pairs = text.split("\n").filter((line) => line.includes("="));
  return new Map(pairs.map((line) => split(line)));
}

function split(line: string): [string, string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

// Documentation/admin-guide/tainted-kernels.rst; what loading a module sets by itself (O, E) is no fault.
const badTaints: readonly (readonly [number, string])[] = [
  [4, "machine check (M)"],
  [5, "bad page (B)"],
  [7, "the kernel died (D)"],
  [9, "warning (W)"],
  [14, "soft lockup (L)"],
];

/**
 * Decides what a finished run was: a verdict, or the first of these faults: the kernel's own (GUEST_KERNEL_FAULT),
 * what init.sh reports (GUEST_MODULE_REFUSED, GUEST_UNLOAD_FAILED, GUEST_BASE_FAILED), no whole verdict
 * (GUEST_NO_VERDICT), a tainted kernel (GUEST_TAINTED), pins that outlive the modules (GUEST_PIN_LEAK).
 */
export function judge(evidence: Evidence, text: string): GuestVerdict {
  const said = parseVerdict(text);
  if (faultsIn(evidence.console).length > 0) throw GuestFault.kernel(evidence);
  const fault = said.get("fault");
  if (fault) throw GuestFault.reported(evidence, fault, said.get("detail") ?? "");
  if (said.get("done") !== "1") throw GuestFault.noVerdict(evidence);
  const taints = newTaints(number(said, "taint.before"), number(said, "taint.after"));
  if (taints.length > 0) throw GuestFault.tainted(evidence, taints);
  const pins = pinsOf(said);
  if (pins.acquired !== pins.released)
    throw GuestFault.leaked(evidence, pins.acquired, pins.released);
  return {
    status: number(said, "status"),
    output: evidence.bytes.toString("utf8"),
    bytes: evidence.bytes,
    console: evidence.console,
    seconds: evidence.seconds,
    booted: number(said, "booted"),
    pins,
  };
}

function pinsOf(said: ReadonlyMap<string, string>): { acquired: number; released: number } {
  const over = (key: string) =>
    number(said, `pins.after.${key}`) - number(said, `pins.before.${key}`);
  return { acquired: over("acquired"), released: over("released") };
}

function newTaints(before: number, after: number): string[] {
  return badTaints
    .filter(([bit]) => (after >> bit) & 1 && !((before >> bit) & 1))
    .map(([, name]) => name);
}

/** A number that init.sh writes in every whole verdict; its absence is a mistake of ours. */
function number(said: ReadonlyMap<string, string>, key: string): number {
  const value = Number(said.get(key) ?? Number.NaN);
  if (Number.isNaN(value)) throw new Error(`the guest's verdict has no number "${key}"`);
  return value;
}
