// SPDX-License-Identifier: BSD-3-Clause

/** A line of a plot. */
export interface Series {
  readonly name: string;
  /** Pairs of bytes and a value, in the order of bytes. */
  readonly points: readonly (readonly [number, number])[];
  /** Which of the colours it has; a name has the same one in every plot. */
  readonly colour: number;
  /** What others are measured against: grey and dashed. */
  readonly reference?: boolean;
}

/** Lines over the size of a copy, which is drawn on a logarithmic scale; values begin at 0. */
export interface Plot {
  readonly title: string;
  /** What the values are, in a few words. */
  readonly values: string;
  readonly series: readonly Series[];
}

/** The series that have any points. */
export const drawn = ({ series }: Plot): Series[] =>
  series.filter(({ points }) => points.length > 0);
