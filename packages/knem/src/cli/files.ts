// SPDX-License-Identifier: BSD-3-Clause
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { KnemError } from "@knem/errors";

/**
 * Writes a file that appears whole or not at all, which collectors of such files need.
 *
 * @throws KnemError `KNEM_CANNOT_WRITE`
 */
export function writeWhole(path: string, content: string): void {
  // Not *.prom: a collector must not take the half that is there for a moment.
  const half = `${path}.${process.pid}`;
  try {
    writeFileSync(half, content);
    renameSync(half, path);
  } catch (cause) {
    rmSync(half, { force: true });
    throw new KnemError(
      {
        code: "KNEM_CANNOT_WRITE",
        what: `cannot write ${path}`,
        why: cause instanceof Error ? cause.message : String(cause),
        remedy: "name a file in a folder that this user may write to",
      },
      { cause },
    );
  }
}
