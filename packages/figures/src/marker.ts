// SPDX-License-Identifier: BSD-3-Clause

/** Outlines around 0, 0 of about the same weight, so that curves are told apart without their colours, too. */
const outlines = [
  "M-3.2,0a3.2,3.2 0 1 0 6.4,0a3.2,3.2 0 1 0 -6.4,0z",
  "M-2.9,-2.9h5.8v5.8h-5.8z",
  "M0,-3.8l3.7,6.6h-7.4z",
  "M0,-4.1l4.1,4.1l-4.1,4.1l-4.1,-4.1z",
  "M0,3.8l3.7,-6.6h-7.4z",
  "M-1.2,-3.8h2.4v2.6h2.6v2.4h-2.6v2.6h-2.4v-2.6h-2.6v-2.4h2.6z",
  "M-4,-1.6h8v3.2h-8z",
] as const;

/** The outline of the points of a series with that colour, as the `d` of a path. */
export const marker = (colour: number): string => outlines[colour % outlines.length] ?? outlines[0];
