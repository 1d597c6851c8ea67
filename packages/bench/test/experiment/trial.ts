// SPDX-License-Identifier: BSD-3-Clause
import type { Experiment } from "../../src/experiment/experiment.js";

/** A record whose ratio is that of its figures: a tenth better with two busy CPUs, unless told. */
export const trial = (one: Partial<Experiment> = {}): Experiment => {
  const found = {
    ...({ experiment: "split", bed: "host", what: "every-cpu-busy", bytes: 1 << 20 } as const),
    ...({ without: 1100, with: 1000, unit: "ns" } as const),
    ...one,
  };
  const { without, with: after, unit } = found;
  return { ...found, ratio: unit === "references/s" ? after / without : without / after, ...one };
};

/** One whose ratio is this. */
export const times = (ratio: number, one: Partial<Experiment> = {}): Experiment => {
  const many = one.unit === "references/s";
  const [without, after] = many ? [1000, 1000 * ratio] : [1000 * ratio, 1000];
  return trial({ ...one, without: Math.round(without), with: Math.round(after) });
};
