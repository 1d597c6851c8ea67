// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPage } from "../src/markdown.js";
import { problems, refreshed } from "../src/verify.js";

let checkout: string;
beforeAll(async () => {
  checkout = await mkdtemp(join(tmpdir(), "knem-documents-"));
  await writeFile(
    join(checkout, "a.test.ts"),
    `run('knem stats'); run(await guideBlocks("Loading"))`,
  );
  await writeFile(join(checkout, "a.md"), "# A");
  await mkdir(join(checkout, "src"));
  await writeFile(join(checkout, "src/lib.rs"), '#![doc = include_str!("../a.md")]');
  await writeFile(join(checkout, "a.c"), "// [b]\nnew();\n// [/b]\n");
});
afterAll(() => rm(checkout, { recursive: true }));

const vocabulary = { knem: new Map([["stats", []]]), scripts: new Set<string>() };
const document = (text: string) => ({ path: "a.md", text, ...readPage(text) });
const block = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n`;
const wrong = (text: string) => problems(checkout, [document(text)], vocabulary);

describe("problems", () => {
  it.each([
    block("sh proven=a.test.ts", "knem stats"),
    `## Loading\n${block("sh proven=a.test.ts", "modprobe knem")}`,
    block('sh unproven="it takes a cluster"', "kubectl get pods"),
    block("c from=a.c#b", "new();"),
    block("text", "anything"),
    block("rust", "new();"),
    "# A\n\n[here](#a) and [there](a.c), `knem stats`",
  ])("has nothing against a page that is right: %s", (text) => {
    expect(wrong(text)).toEqual([]);
  });

  it.each([
    [block("", "anything"), "a.md:1: the block has no language; what is only shown is text"],
    [block("rust,ignore", "x"), "a.md:1: the block does not say how it is proven"],
    [block("sh", "true"), "a.md:1: the block does not say how it is proven"],
    [block("sh proven=a.test.ts", "true"), "a.md:1: a.test.ts does not have the command: true"],
    [block("sh proven=b.test.ts", "true"), "a.md:1: there is no b.test.ts"],
    [
      block("c from=a.c#b", "old();"),
      "a.md:1: the block is not region b of a.c: npm run documents",
    ],
    [block("sh host", "knem x"), "a.md:1: there is no command knem x"],
    ["run `knem x`", "a.md: there is no command knem x"],
    ["[a](b.md)", "a.md: the link to b.md leads nowhere"],
    ["[a](#b)", "a.md: the link to #b leads nowhere"],
  ])("tells what is wrong with %s", (text, what) => {
    expect(wrong(text)).toEqual([what]);
  });
});

describe("refreshed", () => {
  it("puts the region in place of what was shown", () => {
    const fresh = block("c from=a.c#b", "new();");
    for (const old of [block("c from=a.c#b", "old();"), "```c from=a.c#b\n```\n"])
      expect(refreshed(checkout, document(old))).toBe(fresh);
  });
});
