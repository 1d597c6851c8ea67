// SPDX-License-Identifier: BSD-3-Clause
import type * as Binding from "./binding.js";
import { type Unsigned, unsigned } from "./number.js";

/** A place in a region. */
export interface Place {
  /** The region's cookie. */
  readonly cookie: bigint;
  /** Bytes to leave out at its start; 0 unless said. */
  readonly offset?: Unsigned;
}

/** How a copy is done. */
export interface CopyOptions {
  /** Pin the local memory, so that a bad address is found before a byte is copied. */
  readonly pinLocal?: boolean;
  /** Use the DMA engine, where there is one. */
  readonly dma?: boolean;
}

/**
 * Who copies while JavaScript goes on: a thread of Node's pool; the device's thread in the kernel, which
 * takes up to 4096 copies and does them in their order; or a DMA engine, driven by that thread.
 */
export type Engine = (typeof engines)[number];

/** The engines there are. */
export const engines = ["pool", "thread", "dma"] as const;

/** How a copy with a promise is done. */
export interface PromiseOptions extends CopyOptions {
  /** "pool", unless said. The others know neither `pinLocal`, which is what they do, nor `dma`. */
  readonly engine?: Engine;
  /**
   * Calls the copy off, as long as it waits for a thread of the pool: then the promise rejects at once, and
   * the copy never touches its memory. A copy that runs, or that the module has, can't be stopped: the promise
   * rejects when it is over. Either way, the memory is free when the promise is settled.
   */
  readonly signal?: AbortSignal;
}

/** The place as the native part takes it. */
export function place({ cookie, offset = 0 }: Place): Binding.Place {
  return { cookie, offset: unsigned(offset, "offset") };
}

/** The options as the native part takes them. */
export function copyOptions({ pinLocal = false, dma = false }: CopyOptions): Binding.CopyOptions {
  return { pinLocal, dma };
}
