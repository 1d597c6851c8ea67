// SPDX-License-Identifier: BSD-3-Clause
import type * as Binding from "./binding.js";
import type { Piece } from "./memory.js";
import { Region } from "./region.js";
import type { Remote } from "./transport.js";

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
