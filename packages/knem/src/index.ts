// SPDX-License-Identifier: BSD-3-Clause

/**
 * KNEM for Node: one process declares memory as a region and sends its cookie to another, which
 * copies straight from it or to it. Importing this never fails: {@link availability} says what is missing.
 */
export { KnemError, type Report, render } from "@knem/errors";
export { type Availability, availability } from "./availability.js";
export type { CopyOptions, Engine, Place, PromiseOptions } from "./copy.js";
export { Device, type Info } from "./device.js";
export { allocate, type Memory, type Piece } from "./memory.js";
export { featureNames, flagNames } from "./names.js";
export type { Unsigned } from "./number.js";
export type { Offer, Remote } from "./offer.js";
export type { Protection, Region, RegionOptions } from "./region.js";
export {
  type Activity,
  type Count,
  clearStatistics,
  type Statistics,
  statistics,
} from "./statistics.js";
export {
  type Fallback,
  Transport,
  type TransportOptions,
  type Within,
} from "./transport.js";
