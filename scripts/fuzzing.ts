// SPDX-License-Identifier: BSD-3-Clause
import { check, type Tier, type Workshop } from "@knem/kernels";

/** Each fuzz target for so many seconds, or those named. */
export async function fuzzTiers(
  workshop: Workshop,
  seconds: number,
  named: readonly string[] = [],
): Promise<Tier[]> {
  const userland = await workshop.userland();
  const targets = named.length > 0 ? named : await userland.fuzzTargets();
  return targets.map((target) => check(`fuzzing ${target}`, () => userland.fuzz(target, seconds)));
}
