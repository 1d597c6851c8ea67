// SPDX-License-Identifier: BSD-3-Clause
import { flagNames } from "../device.js";

/** A mask of request flags as a person reads it: `0x30 (PINLOCAL, SINGLEUSE)`, or `none`. */
export function flagText(bits: number): string {
  return bits === 0 ? "none" : `0x${bits.toString(16)} (${flagNames(bits).join(", ")})`;
}

/** The features as a person reads them; bit 0 is the only one that this version knows. */
export function featureText(bits: number): string {
  if (bits === 0) return "none";
  return bits === 1 ? "0x1 (DMA)" : `0x${bits.toString(16)}`;
}
