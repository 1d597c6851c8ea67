// SPDX-License-Identifier: BSD-3-Clause
import { guarded } from "./errors.js";
import { native } from "./native.js";

/** The names of the request flags among `bits`, lowest first: `["PINLOCAL", "SINGLEUSE"]`. */
export function flagNames(bits: number): string[] {
  return guarded(() => native().flagNames(bits));
}

/** The names of the features among `bits`, lowest first: `["DMA", "COUNTED"]`. */
export function featureNames(bits: number): string[] {
  return guarded(() => native().featureNames(bits));
}
