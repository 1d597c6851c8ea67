// SPDX-License-Identifier: BSD-3-Clause
import { randomUUID } from "node:crypto";
import { renameSync, rmSync, writeFileSync } from "node:fs";
import { KnemError } from "@knem/errors";

/**
 * Writes a file that appears whole or not at all, which collectors of such files need.
 *
 * @throws KnemError `KNEM_CANNOT_WRITE`
 */
export function writeWhole(path: string, content: string): void {
  // Not *.prom: a collector must not take the half that is there for a moment. Where others may write to the folder,
  // they must neither guess the name nor have put a link there.
  const half = `${path}.${randomUUID()}`;
  try {
    writeFileSync(half, content, { flag: "wx", mode: 0o644 });
    renameSync(half, path);
  } catch (cause) {
    discard(half);
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

/** Where the folder is none or closed, this fails as well; what is told is why nothing could be written. */
function discard(half: string): void {
  try {
    rmSync(half, { force: true });
  } catch {}
}
