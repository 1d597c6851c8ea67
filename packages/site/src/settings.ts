// SPDX-License-Identifier: BSD-3-Clause
import { anchorOf } from "@knem/documents";
import type { Chapter } from "./contents.js";
import type { Staged } from "./stage.js";

/** Where a site goes. */
export interface Place {
  readonly folder: string;
  /** The path of its address, with a slash at both ends. */
  readonly base: string;
}

/** The generator's settings, as the module that it reads. */
export function settings(
  chapters: readonly Chapter[],
  pages: readonly Staged[],
  place: Place,
): string {
  const titles = new Map(pages.map(({ slug, title }) => [slug, title]));
  const sidebar = chapters.map(({ title, pages }) => ({
    text: title,
    // What few look for every day is folded.
    ...(pages.length > 6 && { collapsed: true }),
    items: pages.map(({ slug }) => ({ text: titles.get(slug) ?? slug, link: `/${slug}` })),
  }));
  const config = {
    title: "KNEM",
    description: "Fast copies between the processes of one machine",
    lang: "en",
    outDir: place.folder,
    base: place.base,
    // Addresses are those of files: any server will do.
    cleanUrls: false,
    markdown: { theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" } },
    // In the reader's own light, which the plots follow, too.
    appearance: "force-auto",
    themeConfig: {
      sidebar,
      outline: [2, 3],
      search: { provider: "local" },
      nav: [
        { text: "Guide", link: "/guide" },
        { text: "Interface", link: "/interface" },
        { text: "Performance", link: "/performance" },
      ],
    },
  };
  return [
    `const config = ${JSON.stringify(config, null, 2)};`,
    `config.markdown.anchor = { slugify: ${anchorOf} };`,
    "export default config;\n",
  ].join("\n");
}
