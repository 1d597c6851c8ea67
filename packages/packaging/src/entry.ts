// SPDX-License-Identifier: BSD-3-Clause
import { chmod, copyFile, mkdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file of a tree that is made: a copy of another, or a text of its own. */
export interface Entry {
  /** Where it lies in the tree. */
  readonly to: string;
  readonly content: { readonly file: string } | { readonly text: string; readonly runs?: boolean };
}

/** Makes the tree in `folder`. Whatever the modes of a checkout are, those here are 0755 and 0644. */
export async function layOut(entries: readonly Entry[], folder: string): Promise<void> {
  for (const { to, content } of entries) {
    const path = join(folder, to);
    await mkdir(dirname(path), { recursive: true });
    if ("text" in content) {
      await writeFile(path, content.text);
      await chmod(path, content.runs ? 0o755 : 0o644);
    } else {
      await copyFile(content.file, path);
      await chmod(path, (await stat(content.file)).mode & 0o100 ? 0o755 : 0o644);
    }
  }
}
