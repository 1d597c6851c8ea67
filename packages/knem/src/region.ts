// SPDX-License-Identifier: BSD-3-Clause
import type * as Binding from "./binding.js";
import { chosen } from "./choice.js";

/** What others may do with a region; it binds its owner as well. */
export type Protection = (typeof protections)[number];

const protections = ["none", "read", "write", "read-write"] as const;

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
 * A declared piece of memory. It keeps the memory alive, and ends when it is told to, or when nothing
 * refers to it any more: keep it until the peer has answered.
 */
export class Region {
  readonly #region: Binding.Region;
  #ended: Promise<void> | undefined;

  /** Only for {@link Device.createRegion}. */
  constructor(region: Binding.Region) {
    this.#region = region;
  }

  /** The name by which other processes use the region: 64 bits, never 0. */
  get cookie(): bigint {
    return this.#region.cookie;
  }

  /**
   * Ends the region: new copies are refused, running ones finish, and its memory is kept until they have.
   * May be called again.
   */
  destroy(): void {
    void this.end();
  }

  /**
   * As {@link Region.destroy}; the promise tells that no copy uses the region any more. A peer who may use
   * it can make that last. (A module without the feature `DESTROY_WAIT` does not tell.)
   */
  end(): Promise<void> {
    this.#ended ??= Promise.resolve(this.#region.end()).then(() => {});
    return this.#ended;
  }

  /** `using region = device.createRegion(memory)` destroys it at the end of the block. */
  [Symbol.dispose](): void {
    this.destroy();
  }

  /** `await using region = …` waits, too. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}

/** The options as the native part takes them. */
export function regionRequest(options: RegionOptions): Binding.RegionRequest {
  const protection = chosen(options.protection ?? "read", protections, "protection");
  return {
    readable: protection === "read" || protection === "read-write",
    writable: protection === "write" || protection === "read-write",
    singleUse: options.singleUse ?? false,
    anyUser: options.anyUser ?? false,
  };
}
