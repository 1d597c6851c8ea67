// SPDX-License-Identifier: BSD-3-Clause
export { KnemError, type Report, render } from "@knem/errors";

/** The code of a Node system error (`ENOENT`), or undefined. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
