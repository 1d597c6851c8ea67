// SPDX-License-Identifier: BSD-3-Clause
import { KnemError, type Report } from "@knem/errors";

/** What the module answered, or why it could not be asked. */
export type Answer<T> =
  | { readonly told: T; readonly problem?: undefined }
  | { readonly told?: undefined; readonly problem: KnemError };

/** Asks the module; what keeps it from answering is a part of the answer. */
export function answer<T>(ask: () => T): Answer<T> {
  try {
    return { told: ask() };
  } catch (error) {
    if (error instanceof KnemError) return { problem: error };
    throw error;
  }
}

/** A problem as JSON documents have it; null where there is none. */
export function reported(problem: KnemError | undefined): Report | null {
  if (!problem) return null;
  const { code, what, why, remedy } = problem;
  return { code, what, why, remedy };
}
