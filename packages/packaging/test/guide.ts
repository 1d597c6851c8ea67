// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "../src/index.js";

/** The blocks of commands in a chapter of docs/install.md, each as the script that it is. */
export async function guideBlocks(chapter: string): Promise<string[]> {
  const guide = await readFile(join(checkout, "docs/install.md"), "utf8");
  const text = guide.split(/^## /m).find((part) => part.startsWith(`${chapter}\n`)) ?? "";
  return [...text.matchAll(/^```sh .*\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block.trim());
}
