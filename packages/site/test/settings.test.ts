// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { settings } from "../src/settings.js";

describe("settings", () => {
  it("are a module that holds for each page a link by its title", async () => {
    const page = { kind: "markdown", source: "docs/guide.md", slug: "guide" } as const;
    const chapters = [{ title: "Using it", pages: [page] }];
    const staged = [{ ...page, title: "The guide" }];
    const text = settings(chapters, staged, { folder: "/out", base: "/knem/" });
    const { default: config } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
    expect(config).toMatchObject({ outDir: "/out", base: "/knem/" });
    expect(config.themeConfig.sidebar).toEqual([
      { text: "Using it", items: [{ text: "The guide", link: "/guide" }] },
    ]);
    expect(config.markdown.anchor.slugify("A B")).toBe("a-b");
  });
});
