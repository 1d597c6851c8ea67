// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../knem/src/cli/commands.js";
import { vocabulary } from "../../knem/src/cli/completion/vocabulary.js";
import { type Document, problems, readDocuments } from "../src/index.js";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));

let documents: Document[];
beforeAll(async () => {
  documents = await readDocuments(checkout);
});

describe("the documentation", () => {
  it("has its pages", () => {
    const paths = documents.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(["README.md", "docs/guide.md"]));
  });

  it("says how each command is proven, and names only what is there", async () => {
    const words = await vocabulary(commands);
    const knem = new Map(words.map(({ name, options }) => [name, options.map(({ name }) => name)]));
    const { scripts } = JSON.parse(await readFile(join(checkout, "package.json"), "utf8"));
    const known = { knem, scripts: new Set(Object.keys(scripts)) };
    expect(problems(checkout, documents, known)).toEqual([]);
  });
});
