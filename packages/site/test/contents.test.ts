// SPDX-License-Identifier: BSD-3-Clause
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { arrange, chaptersOf, type Page } from "../src/contents.js";

const page = (slug: string): Page => ({ kind: "markdown", source: `docs/${slug}.md`, slug });
const slugs = (pages: readonly Page[]) =>
  arrange(pages).map(({ title, pages }) => [title, ...pages.map(({ slug }) => slug)]);

describe("arrange", () => {
  it("keeps the order that was chosen, and leaves out empty chapters", () => {
    const pages = ["support", "man/knem.4", "guide", "man/knem.1"].map(page);
    expect(slugs(pages)).toEqual([
      ["Using it", "guide", "support"],
      ["Manual pages", "man/knem.1", "man/knem.4"],
    ]);
  });

  it("loses no page that nobody placed", () => {
    expect(slugs(["internals", "zebra", "aardvark"].map(page))).toEqual([
      ["How it is made", "internals", "aardvark", "zebra"],
    ]);
  });
});

describe("chaptersOf", () => {
  it("finds every page of the checkout once, by an address of its own", async () => {
    const chapters = await chaptersOf(fileURLToPath(new URL("../../..", import.meta.url)));
    const pages = chapters.flatMap(({ pages }) => pages);
    const found = pages.map(({ slug }) => slug);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(
      expect.arrayContaining(["about", "guide", "interface", "man/knem.4", "schema/stats"]),
    );
  });
});
