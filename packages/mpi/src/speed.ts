// SPDX-License-Identifier: BSD-3-Clause
import type { MpiGuest } from "./guest.js";
import { attempt } from "./session.js";
import { MPI, type StackName, stacks } from "./stacks.js";
import { carried, parseTrials, trialLine } from "./trial.js";

/** How long a message takes from rank to rank. */
export interface Point {
  readonly bytes: number;
  readonly nanoseconds: number;
}

/** A stack's messages, through KNEM and, the module being unloaded, without. */
export interface Speed {
  readonly stack: StackName;
  readonly knem: readonly Point[];
  readonly without: readonly Point[];
}

/** What the committed page is made from. */
export interface SpeedDocument {
  /** As `uname -r` says it. */
  readonly kernel: string;
  readonly speeds: readonly Speed[];
}

/** Measures the stacks of a guest's system. Errors: those of the guest; Error if KNEM carried nothing or a run failed. */
export async function measure(guest: MpiGuest, names: readonly StackName[]): Promise<Speed[]> {
  const ping = (name: StackName, about: string) =>
    trialLine(attempt(name, about, [`${MPI}/pingpong.${stacks[name].programs}`]));
  const { output } = await guest.run(
    [
      ...names.map((name) => ping(name, "with")),
      "busybox rmmod knem",
      ...names.map((name) => ping(name, "without")),
    ].join("\n"),
  );
  const trials = new Map(parseTrials(output).map((trial) => [trial.name, trial]));
  const points = (name: string, by: boolean) => {
    const trial = trials.get(name);
    if (trial?.status !== 0) throw new Error(`${name} failed:\n${trial?.output ?? output}`);
    if (carried(trial).copies > 0 !== by)
      throw new Error(`${name}: KNEM carried ${by ? "nothing" : "something"}`);
    return pointsOf(trial.output);
  };
  return names.map((stack) => ({
    stack,
    knem: points(`${stack}: with`, true),
    without: points(`${stack}: without`, false),
  }));
}

/** The lines of the program `pingpong` among others. */
export function pointsOf(output: string): Point[] {
  return [...output.matchAll(/^(\d+) (\d+)$/gm)].map(([, bytes, nanoseconds]) => ({
    bytes: Number(bytes),
    nanoseconds: Number(nanoseconds),
  }));
}
