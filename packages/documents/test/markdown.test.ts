// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { anchorOf, readPage } from "../src/markdown.js";

const page = readPage(`# A page

Text with \`code\` and [a link](other.md#part).

\`\`\`sh host
echo 1
\`\`\`

    indented

## Inner

- an item:

  \`\`\`text
  inside
  \`\`\`

## With \`code\`, punctuation!

## Twice

## Twice
`);

describe("readPage", () => {
  it("finds fenced blocks wherever they are, with their info strings and lines", () => {
    expect(page.blocks).toEqual([
      { language: "sh", info: "host", text: "echo 1", line: 5, chapter: "" },
      { language: "text", info: "", text: "inside", line: 15, chapter: "Inner" },
    ]);
  });

  it("finds links, code and anchors as GitHub names them", () => {
    expect(page.links).toEqual(["other.md#part"]);
    expect(page.codes).toEqual(["code", "code"]);
    expect(page.anchors).toEqual(["a-page", "inner", "with-code-punctuation", "twice", "twice-1"]);
  });
});

describe("anchorOf", () => {
  it("makes the anchors that GitHub makes", () => {
    expect(anchorOf("KNEM_CMD_GET_INFO")).toBe("knem_cmd_get_info");
    expect(anchorOf("7.1 Forms of copies")).toBe("71-forms-of-copies");
    expect(anchorOf(" What isn't, and why? ")).toBe("what-isnt-and-why");
  });
});
