// SPDX-License-Identifier: BSD-3-Clause
import type * as Binding from "./binding.js";
import type { Piece } from "./memory.js";
import { Region } from "./region.js";

/** Where a peer's memory is, in both ways of saying it. It may be cloned, so messages carry it. */
export interface Remote {
  /** The region, where the peer could declare one. */
  readonly cookie?: bigint | undefined;
  /** The process. */
  readonly pid: number;
  /** The address of the memory's first byte there. */
  readonly address: bigint;
  /** Bytes. */
  readonly length: bigint;
}

/** Memory that peers may use, by whichever transport; keep it until they have answered. */
export class Offer {
  /** What to tell the peers. */
  readonly remote: Remote;
  /** The memory, which lives as long as this. */
  readonly memory: Piece;
  readonly #region: Region | undefined;

  /** Only for {@link Transport.offer}. */
  constructor(place: Binding.Remote, memory: Piece, region: Binding.Region | undefined) {
    this.#region = region && new Region(region);
    this.remote = { ...place, cookie: this.#region?.cookie };
    this.memory = memory;
  }

  /**
   * Ends the offer, and waits until no copy by the module uses the memory any more. By address, nobody can tell:
   * only the peers know when they are through.
   */
  async end(): Promise<void> {
    await this.#region?.end();
  }

  /** `await using offer = transport.offer(memory)` ends it at the end of the block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.end();
  }
}
