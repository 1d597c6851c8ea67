// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { commands } from "../../knem/src/cli/commands.js";
import { vocabulary } from "../../knem/src/cli/completion/vocabulary.js";
import { type Document, problems, readDocuments } from "../src/index.js";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));

const read = (path: string) => readFile(join(checkout, path), "utf8");

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
    const manifests = ["package.json", "packages/knem/package.json"].map((name) => read(name));
    const scripts = (await Promise.all(manifests)).flatMap((text) =>
      Object.keys(JSON.parse(text).scripts),
    );
    const known = { knem, scripts: new Set(scripts) };
    expect(problems(checkout, documents, known)).toEqual([]);
  });
});
