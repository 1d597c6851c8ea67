// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import type { Page } from "../src/contents.js";
import { relink } from "../src/links.js";

const guide: Page = { kind: "markdown", source: "docs/guide.md", slug: "guide" };
const readme: Page = { kind: "markdown", source: "README.md", slug: "about" };
const manual: Page = { kind: "markdown", source: "source/knem.4", slug: "man/knem.4" };
const link = (text: string, page = guide) => relink(page, text, [guide, readme, manual]);

describe("relink", () => {
  it("leads from page to page, anchors and references included", () => {
    const text = "[a](../README.md#try-it) [b](#here) ![c][d]\n\n[d]: ../README.md";
    expect(link(text).text).toBe("[a](./about.md#try-it) [b](#here) ![c][d]\n\n[d]: ./about.md");
    expect(link("[guide](docs/guide.md)", readme).text).toBe("[guide](./guide.md)");
    expect(link("[up](../docs/guide.md)", manual).text).toBe("[up](../guide.md)");
  });

  it("brings other files along, pictures as they are", () => {
    const { text, files } = link("[x](../kernel-rs/abi.rs) ![y](performance/readers.svg)");
    expect(text).toBe(
      "[x](./files/kernel-rs/abi.rs.txt) ![y](./files/docs/performance/readers.svg)",
    );
    expect(files).toEqual(["kernel-rs/abi.rs", "docs/performance/readers.svg"]);
  });

  it("finds a folder by its first page", () => {
    expect(link("[x](../source)").text).toBe("[x](./man/knem.4.md)");
  });

  it("leaves code and other sites alone", () => {
    const text = "`[x](y.md)` [z](https://example.org/a.md)\n\n```c\na[1](b.md);\n```\n";
    expect(link(text)).toEqual({ text, files: [] });
  });
});
