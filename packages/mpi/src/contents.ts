// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";

/** The texts of files, by which what is made of them is keyed. */
export function contentsOf(files: readonly string[]): Promise<string[]> {
  return Promise.all(files.map((file) => readFile(file, "utf8")));
}
