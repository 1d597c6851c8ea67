// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import { abortable } from "./abort.js";
import type * as Binding from "./binding.js";
import { chosen } from "./choice.js";
import { guarded, guardedAsync } from "./errors.js";
import { type Memory, type Piece, views } from "./memory.js";
import { native } from "./native.js";
import { type Unsigned, unsigned } from "./number.js";
import { Offer, type Remote } from "./offer.js";
import { type RegionOptions, regionRequest } from "./region.js";

/** What to do where the module can't be used: fail, or copy by process and address. */
export type Fallback = (typeof fallbacks)[number];

const fallbacks = ["none", "cross-memory-attach"] as const;

/** Where in a peer's memory. */
export interface Within {
  /** Bytes to leave out at its start; 0 unless said. */
  readonly offset?: Unsigned;
}

/** A copy with a promise. The signal does what {@link PromiseOptions} says of those in the pool. */
export interface TransportOptions extends Within {
  readonly signal?: AbortSignal;
}

/**
 * Copies from and to peers by the module, or, where that is asked for and the module is missing or closed to
 * this user, by the kernel's cross-memory attach (`process_vm_readv`): slower, and only for processes that this
 * user may trace. Copies end at the shorter side, and tell how many bytes that was.
 *
 * Every copy throws, or rejects with, the KnemErrors of {@link Device}, `KNEM_NO_REGION` where the module is here
 * but the peer declared no region, and by address `KNEM_MAY_NOT_TRACE`, `KNEM_SHORT_TRANSFER`, `KNEM_IO`.
 */
export class Transport {
  readonly #transport: Binding.Transport;

  /**
   * @throws KnemError as {@link Device}, unless there is a fallback for it: a module that is missing, closed to this
   * user, or speaks another version
   */
  constructor({ fallback = "none" }: { readonly fallback?: Fallback } = {}) {
    const fallBack = chosen(fallback, fallbacks, "fallback") === "cross-memory-attach";
    this.#transport = guarded(() => new (native().Transport)(fallBack));
  }

  /** By what it copies. */
  get kind(): "knem" | "cross-memory-attach" {
    return this.reason ? "cross-memory-attach" : "knem";
  }

  /** Why it is not the module, and what to do about it; undefined if it is. */
  get reason(): KnemError | undefined {
    const { reason } = this.#transport;
    return reason ? new KnemError(reason) : undefined;
  }

  /**
   * Lets peers use memory in a SharedArrayBuffer until the offer ends. By address, whoever may trace this process may,
   * whatever the protection is.
   *
   * @throws KnemError as {@link Device.createRegion}
   */
  offer(memory: Piece, options: RegionOptions = {}): Offer {
    const [pieces, request] = [views(memory), regionRequest(options)];
    const place = guarded(() => native().locate(pieces));
    const region = guarded(() => this.#transport.createRegion(pieces, request));
    return new Offer(place, memory, region ?? undefined);
  }

  /** Copies from a peer's memory, and blocks until it is done. Gives the bytes copied. */
  readSync(from: Remote, to: Memory, { offset = 0 }: Within = {}): number {
    const start = unsigned(offset, "offset");
    return guarded(() => this.#transport.read(remote(from), start, views(to)));
  }

  /** Copies from a peer's memory to memory in SharedArrayBuffers. Gives the bytes copied. */
  read(from: Remote, to: Memory, options: TransportOptions = {}): Promise<number> {
    return this.#begin(options, (start, cancellation) =>
      this.#transport.readAsync(remote(from), start, views(to), cancellation),
    );
  }

  /** Copies memory to a peer's, and blocks until it is done. Gives the bytes copied. */
  writeSync(to: Remote, from: Memory, { offset = 0 }: Within = {}): number {
    const start = unsigned(offset, "offset");
    return guarded(() => this.#transport.write(remote(to), start, views(from)));
  }

  /** Copies memory in SharedArrayBuffers to a peer's. Gives the bytes copied. */
  write(to: Remote, from: Memory, options: TransportOptions = {}): Promise<number> {
    return this.#begin(options, (start, cancellation) =>
      this.#transport.writeAsync(remote(to), start, views(from), cancellation),
    );
  }

  #begin(
    { offset = 0, signal }: TransportOptions,
    start: (offset: bigint, cancellation: Binding.Cancellation) => Promise<number | null>,
  ): Promise<number> {
    const copied = abortable(signal, () => {
      const cancellation = new (native().Cancellation)();
      const end = guardedAsync(() => start(unsigned(offset, "offset"), cancellation));
      return { end, cancel: () => cancellation.cancel() };
    });
    return copied.then((bytes) => bytes ?? 0);
  }
}

/** The place as the native part takes it. */
function remote({ cookie, pid, address, length }: Remote): Binding.Remote {
  return { pid, address, length, ...(cookie !== undefined && { cookie }) };
}
