// SPDX-License-Identifier: BSD-3-Clause
import type * as Binding from "./binding.js";
import { guarded } from "./errors.js";

/** What others may do with a region; it binds its owner as well. */
export type Protection = "none" | "read" | "write" | "read-write";

/** How a region is declared. */
export interface RegionOptions {
  /** What others may do. "read", unless said. */
  readonly protection?: Protection;
  /** The region is gone after its first use. */
  readonly singleUse?: boolean;
  /** Every user may use the region, not only the one who opened the device. */
  readonly anyUser?: boolean;
}

/**
 * A declared piece of memory. It keeps the memory alive, and ends when it is destroyed, or when
 * nothing refers to it any more: keep it until the peer has answered.
 */
export class Region {
  readonly #region: Binding.Region;

  /** Only for {@link Device.createRegion}. */
  constructor(region: Binding.Region) {
    this.#region = region;
  }

  /** The name by which other processes use the region: 64 bits, never 0. */
  get cookie(): bigint {
    return this.#region.cookie;
  }

  /**
   * Ends the region: new copies are refused, running ones finish.
   *
   * @throws KnemError `KNEM_UNKNOWN_COOKIE` if it was for a single use and was used, `KNEM_CLOSED`
   */
  destroy(): void {
    guarded(() => this.#region.destroy());
  }
}

/** The options as the native part takes them. */
export function regionRequest(options: RegionOptions): Binding.RegionRequest {
  const protection = options.protection ?? "read";
  return {
    readable: protection === "read" || protection === "read-write",
    writable: protection === "write" || protection === "read-write",
    singleUse: options.singleUse ?? false,
    anyUser: options.anyUser ?? false,
  };
}
