// SPDX-License-Identifier: BSD-3-Clause
// npm run documents: puts regions of programs, as they are now, into the pages that show them.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readDocuments, refreshed } from "@knem/documents";
import { entryPoint } from "./entry.js";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

await entryPoint(async () => {
  for (const document of await readDocuments(checkout)) {
    const text = refreshed(checkout, document);
    if (text === document.text) continue;
    await writeFile(join(checkout, document.path), text);
    console.log(`${document.path}: changed`);
  }
  return 0;
});
