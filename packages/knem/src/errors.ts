// SPDX-License-Identifier: BSD-3-Clause

/** What an error tells its reader, in this order. */
export interface Report {
  /** Stable and short, for programs: `KNEM_NO_DEVICE`, `KNEM_UNKNOWN_COOKIE`. */
  readonly code: string;
  /** What happened. */
  readonly what: string;
  /** Why, as far as it is known. */
  readonly why: string;
  /** What to do about it, as a command where there is one. */
  readonly remedy: string;
}

/** The one error that this package throws on purpose. */
export class KnemError extends Error implements Report {
  override readonly name = "KnemError";
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;

  constructor(report: Report, options?: ErrorOptions) {
    super(`${report.what}: ${report.why}`, options);
    this.code = report.code;
    this.what = report.what;
    this.why = report.why;
    this.remedy = report.remedy;
  }
}

/** An error as a person reads it; anything but a KnemError is a mistake of ours and keeps its stack. */
export function render(error: unknown): string {
  if (error instanceof KnemError) {
    const { what, code, why, remedy } = error;
    return `error: ${what} [${code}]\n  why: ${why}\n  what to do: ${remedy}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

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
