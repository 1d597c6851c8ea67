// SPDX-License-Identifier: BSD-3-Clause
import { setMaxListeners } from "node:events";

/** A copy under way. */
export interface Begun<T> {
  readonly end: Promise<T>;
  /** Calls it off, if it does not run yet, and says whether that was in time. */
  readonly cancel: () => boolean;
}

/**
 * Begins a copy that a signal may abort. What was called off in time rejects at once, and never
 * touches its memory; what runs rejects when it is over, so that its memory is free in either case.
 *
 * @throws the signal's reason
 */
export async function abortable<T>(
  signal: AbortSignal | undefined,
  begin: () => Begun<T>,
): Promise<T> {
  if (!signal) return begin().end;
  signal.throwIfAborted();
  const { end, cancel } = begin();
  let abort = () => {};
  const calledOff = new Promise<never>((_, reject) => {
    abort = () => {
      if (cancel()) reject(signal.reason);
    };
  });
  // Any number of copies may share a signal; Node would take them for a leak.
  setMaxListeners(Number.POSITIVE_INFINITY, signal);
  signal.addEventListener("abort", abort, { once: true });
  try {
    const result = await Promise.race([end, calledOff]);
    signal.throwIfAborted();
    return result;
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
