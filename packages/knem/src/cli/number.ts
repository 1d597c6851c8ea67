// SPDX-License-Identifier: BSD-3-Clause
import { usageError } from "./usage.js";

/** A positive number of the command line, whole or not. */
export function number(text: string, option: string, command: string): number {
  const value = Number(text);
  if (/^[\d.]+$/.test(text) && Number.isFinite(value) && value > 0) return value;
  const why = `--${option} needs a number above 0; it is "${text}"`;
  throw usageError(`cannot run ${command}`, why, command);
}
