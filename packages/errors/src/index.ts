// SPDX-License-Identifier: BSD-3-Clause

/** What an error tells its reader, in this order. */
export interface Report {
  /** Stable and short, for programs and tests: `DISK_FULL`, `KNEM_NO_DEVICE`. */
  readonly code: string;
  /** What happened, in one sentence. */
  readonly what: string;
  /** Why, as far as it is known: names, versions, the first difference. */
  readonly why: string;
  /** What to do about it, as a command where there is one. */
  readonly remedy: string;
}

/** The one error that this project throws on purpose. */
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
    const why = error.why.split("\n").join("\n       ");
    return `error: ${error.what} [${error.code}]\n  why: ${why}\n  what to do: ${error.remedy}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
