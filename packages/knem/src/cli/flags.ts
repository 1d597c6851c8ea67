// SPDX-License-Identifier: BSD-3-Clause
import { featureNames, flagNames } from "../names.js";

/** A mask of request flags as a person reads it: `0x30 (PINLOCAL, SINGLEUSE)`, or `none`. */
export function flagText(bits: number): string {
  return masked(bits, flagNames);
}

/** The features as a person reads them, in the same way. */
export function featureText(bits: number): string {
  return masked(bits, featureNames);
}

function masked(bits: number, names: (bits: number) => string[]): string {
  return bits === 0 ? "none" : `0x${bits.toString(16)} (${names(bits).join(", ")})`;
}
