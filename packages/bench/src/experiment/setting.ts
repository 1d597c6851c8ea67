// SPDX-License-Identifier: BSD-3-Clause
import type { Experiment, ExperimentName, Place, Unit } from "./experiment.js";

/** Where something was tried, and what that tells of hardware. */
export interface Setting {
  readonly bed: Place;
  readonly what: string;
  readonly unit: Unit;
  /** In a few words. */
  readonly title: string;
  /** What it stands for. */
  readonly stands: string;
  /** Whether hardware that does the module's work behaves like this, so that it counts for the verdict. */
  readonly decides: boolean;
}

type Row = readonly [Place, string, Unit, string, string, boolean];

const rows: Readonly<Record<ExperimentName, readonly Row[]>> = {
  split: [
    ["host", "awake", "ns", "a second thread is awake", "hardware, a CPU given away", false],
    ["host", "woken", "ns", "a second thread is woken up", "hardware, a CPU idle", true],
    [
      "host",
      "every-cpu-busy",
      "ns",
      "every CPU has a copy of its own",
      "hardware, all in use",
      true,
    ],
    ["qemu", "module-thread", "ns", "the module's thread copies one half", "emulation", false],
  ],
  streaming: [
    ["host", "copy", "ns", "the copy alone", "hardware, nobody reads", false],
    ["host", "copy-and-read", "ns", "the copy, then the receiver reads", "hardware", true],
  ],
  overlap: [
    ["uml", "pieces-512k", "ns", "pieces of 512 KiB, one CPU", "hardware, all in use", true],
    ["uml", "pieces-2m", "ns", "pieces of 2 MiB, one CPU", "hardware, all in use", true],
    ["qemu", "pieces-512k", "ns", "pieces of 512 KiB, two CPUs", "emulation", false],
    ["qemu", "pieces-2m", "ns", "pieces of 2 MiB, two CPUs", "emulation", false],
    ["uml", "pinning-for-nothing", "ns", "regions for nothing", "the most there is to win", false],
    [
      "qemu",
      "pinning-for-nothing",
      "instructions",
      "regions for nothing",
      "the same, counted",
      false,
    ],
  ],
  prefault: [
    ["host", "small", "ns", "small pages, process_vm_readv", "hardware", true],
    ["host", "huge", "ns", "huge pages, process_vm_readv", "hardware", true],
    ["uml", "small", "ns", "small pages", "faults in software", false],
    ["qemu", "small", "ns", "small pages", "emulation", false],
    ["qemu", "huge", "ns", "huge pages", "emulation", false],
    [
      "qemu",
      "small",
      "instructions",
      "small pages, instructions",
      "the same, faults for free",
      false,
    ],
    [
      "qemu",
      "huge",
      "instructions",
      "huge pages, instructions",
      "the same, faults for free",
      false,
    ],
  ],
  references: [
    ["host", "1-thread", "references/s", "one thread", "hardware, one reader", false],
    ["host", "2-threads", "references/s", "two threads", "hardware, two readers", true],
    ["qemu", "striped-copy", "instructions", "a whole copy, instructions", "one reader", false],
  ],
};

/** The settings of an experiment. */
export const settingsOf = (name: ExperimentName): Setting[] =>
  rows[name].map(([bed, what, unit, title, stands, decides]) => ({
    ...{ bed, what, unit, title, stands, decides },
  }));

/** What was found out in a setting, the smallest size first. */
export function found(
  records: readonly Experiment[],
  name: ExperimentName,
  { bed, what, unit }: Setting,
): Experiment[] {
  const mine = (one: Experiment) =>
    one.experiment === name && one.bed === bed && one.what === what && one.unit === unit;
  return records.filter(mine).sort((a, b) => a.bytes - b.bytes);
}
