// SPDX-License-Identifier: BSD-3-Clause

/**
 * A text that others chose, such as the name of a process, as a terminal may be told it: without control characters,
 * of which escape sequences are made.
 */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, "?");
}
