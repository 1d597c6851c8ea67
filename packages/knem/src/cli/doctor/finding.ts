// SPDX-License-Identifier: BSD-3-Clause
import type { Statistics } from "../../statistics.js";
import type { System } from "../system.js";

/** What a check found out. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly name: string;
  /** Fine; nothing that must be mended; something that must. */
  readonly state: "ok" | "note" | "problem";
  readonly found: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What checks look at. */
export interface Patient {
  readonly system: System;
  /** As uname -r says it. */
  readonly release: string;
  readonly user: User;
  /** What the device's own statistics say. Throws KnemErrors. */
  readonly statistics: () => Statistics;
  /** The version of the contract that this command speaks. Throws KnemErrors. */
  readonly abi: () => number;
}

/** Whoever runs the command. */
export interface User {
  readonly uid: number;
  readonly groups: readonly number[];
}

/** A check gives its findings; none where it has no say. */
export type Check = (patient: Patient) => Finding | undefined;

export const ok = (name: string, found: string): Finding => ({ name, state: "ok", found });
export const note = (name: string, found: string, remedy?: string): Finding => ({
  ...{ name, state: "note", found },
  ...(remedy !== undefined && { remedy }),
});
export const problem = (name: string, found: string, remedy: string): Finding => ({
  ...{ name, state: "problem", found, remedy },
});
