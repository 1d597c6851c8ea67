// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import type { GuestFile } from "@knem/guest";
import { Progress, type Target, targets, Workshop } from "@knem/kernels";
import {
  type Attempt,
  attemptsOf,
  hpcc,
  killLine,
  type MpiGuest,
  mpiGuest,
  netpipe,
  outside,
  type PluginName,
  parseTrials,
  type SystemName,
  stacks,
  stacksOf,
  type Trial,
  trialLine,
  validate,
} from "../../src/index.js";

/** What is seen of a system's stacks in one guest, by the trials' names. */
export interface Seen {
  of(name: string): Trial;
}

/** The guest of a system, by default with all of its plugins, on the newest stock kernel. */
export async function guestOf(
  system: SystemName,
  plugins?: readonly PluginName[],
): Promise<MpiGuest> {
  return mpiGuest(await Workshop.open(new Progress()), targets[0] as Target, system, plugins);
}

/** The page about MPI libraries. */
export const page = readFileSync(new URL("../../../../docs/mpi.md", import.meta.url), "utf8");

/** Runs lines of a script in a guest. */
export async function watch(
  guest: MpiGuest,
  lines: readonly string[],
  files: readonly GuestFile[] = [],
): Promise<Seen> {
  const { output } = await guest.run(lines.join("\n"), files);
  const trials = new Map(parseTrials(output).map((trial) => [trial.name, trial]));
  const of = (name: string) => {
    const found = trials.get(name);
    if (!found) throw new Error(`${name} did not run; the guest said:\n${output.slice(-4000)}`);
    return found;
  };
  return { of };
}

/** What is tried besides in a system's guest. */
interface Besides {
  readonly further: readonly Attempt[];
  /** Lines of its script that run before all trials, as root. */
  readonly prepare?: readonly string[];
  readonly files?: readonly GuestFile[];
}

/**
 * Everything that is tried on each stack of a system, and what else is given: members of the group with the module,
 * somebody else, a rank that is killed; and, the module being unloaded, members once more.
 */
export async function whole(
  system: SystemName,
  { further, prepare = [], files = [] }: Besides,
): Promise<Seen> {
  const names = stacksOf(system).map(([name]) => name);
  const inside = names.flatMap((name) => [
    validate(name, "2 ranks"),
    validate(name, "4 ranks", { ranks: 4 }),
    outside(name),
    netpipe(name),
    ...(stacks[name].programs === "openmpi" ? [hpcc(name)] : []),
  ]);
  const without = names.map((name) => validate(name, "without the module"));
  const lines = [
    ". /opt/mpi/kill.sh",
    ...prepare,
    ...[...inside, ...further, ...attemptsOf(page, system).map(({ attempt }) => attempt)].map(
      trialLine,
    ),
    ...names.map(killLine),
    "busybox rmmod knem",
    ...without.map(trialLine),
  ];
  return watch(await guestOf(system), lines, files);
}
