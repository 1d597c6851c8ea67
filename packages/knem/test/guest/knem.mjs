// SPDX-License-Identifier: BSD-3-Clause
// The package under test, whose folder, with dist/, bin/ and the native part, is the first argument.
import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

export const folder = resolve(process.argv[2] ?? ".");
export const knem = await import(pathToFileURL(join(folder, "dist", "index.js")).href);

/** A length that fills no page. */
export const length = 100_003;
export const byteAt = (position) => (position * 7) & 0xff;
export const isPattern = (bytes, from = 0) =>
  bytes.every((byte, position) => byte === byteAt(position + from));

/** Memory whose bytes are known. */
export function pattern(bytes = length) {
  const memory = knem.allocate(bytes);
  for (let position = 0; position < bytes; position++) memory[position] = byteAt(position);
  return memory;
}

/** The code of the error that the work ends with. */
export async function code(work) {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof knem.KnemError, String(error));
    return error.code;
  }
  return "nothing was thrown";
}
