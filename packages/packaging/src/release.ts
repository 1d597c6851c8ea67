// SPDX-License-Identifier: BSD-3-Clause

/** A release, as everything in it is named and dated. */
export interface Release {
  readonly version: string;
  /** Seconds since 1970. */
  readonly epoch: number;
}
