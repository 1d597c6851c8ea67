// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "./errors.js";

const controller = new AbortController();

/** Aborted by Ctrl-C and by a request to end; every command of the process listens to it. */
export const interrupt: AbortSignal = controller.signal;

/**
 * Turns SIGINT, SIGTERM and SIGHUP into an abort, so that what runs can be ended and what is half-made removed.
 * Called once, by an entry point.
 */
export function catchInterrupts(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => controller.abort(interrupted(signal)));
  }
}

/** The error that an interrupted run ends with (code INTERRUPTED). */
export function interrupted(signal: string): KnemError {
  return new KnemError({
    code: "INTERRUPTED",
    what: "the run was interrupted",
    why: `${signal} was received`,
    remedy: "run it again: what was finished is kept in the cache, nothing half-made is",
  });
}
