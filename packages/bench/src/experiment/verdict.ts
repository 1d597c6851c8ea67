// SPDX-License-Identifier: BSD-3-Clause
import { size } from "@knem/figures";
import type { Experiment, ExperimentName } from "./experiment.js";
import { found, type Setting, settingsOf } from "./setting.js";

/** What becomes of an experiment, and why. */
export interface Verdict {
  readonly kept: boolean;
  /** A sentence. */
  readonly reason: string;
}

/** What is less of a win may be chance. */
const WIN = 1.05;
/** Smaller copies are not what an experiment is for; what is about no copy counts always. */
const SMALLEST = 1 << 20;

/**
 * Kept is what wins by 5 % or more at every size from 1 MiB in every setting that stands for hardware; nothing is said where
 * none of these was measured. A win in emulation is none.
 */
export function verdict(records: readonly Experiment[], name: ExperimentName): Verdict | undefined {
  const figures = settingsOf(name).flatMap((setting) =>
    found(records, name, setting)
      .filter(({ bytes }) => bytes === 0 || bytes >= SMALLEST)
      .map((one) => ({ setting, one })),
  );
  const [worst] = figures
    .filter(({ setting }) => setting.decides)
    .sort((a, b) => a.one.ratio - b.one.ratio);
  if (!worst) return undefined;
  const least = `${worst.one.ratio.toFixed(2)} times as good (${describe(worst.setting, worst.one)})`;
  if (worst.one.ratio >= WIN)
    return { kept: true, reason: `It wins wherever hardware is stood for: at least ${least}.` };
  const emulated = figures.filter(({ setting }) => setting.stands === "emulation");
  const onlyThere = emulated.length > 0 && emulated.every(({ one }) => one.ratio >= WIN);
  const but = onlyThere ? " That it wins in emulation is no win." : "";
  return { kept: false, reason: `Where hardware is stood for, it is only ${least}.${but}` };
}

function describe({ title }: Setting, { bytes }: Experiment): string {
  return bytes === 0 ? title : `${title}, ${size(bytes)}`;
}
