// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";

/** What the native part throws, as a KnemError. It says the three things in three lines. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof KnemError || !("code" in error)) return error;
  const code = String(error.code);
  const [what = "", why, remedy] = error.message.split(/\n {2}(?:why|what to do): /);
  if (why !== undefined && remedy !== undefined) return new KnemError({ code, what, why, remedy });
  return new KnemError({
    code: "KNEM_BAD_ARGUMENT",
    what: "cannot use an argument",
    why: error.message,
    remedy: "compare with the types of this package",
  });
}

/** Calls the native part; it throws only KnemErrors. */
export function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw translate(error);
  }
}

/** The same for what the native part does on another thread. */
export async function guardedAsync<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw translate(error);
  }
}
