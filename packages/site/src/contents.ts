// SPDX-License-Identifier: BSD-3-Clause
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** What a page is made of. */
export type Kind = "markdown" | "manual" | "schema";

/** A page of the site: a file of the checkout, and where it is found. */
export interface Page {
  readonly kind: Kind;
  /** From the checkout's top. */
  readonly source: string;
  /** The page's address without its ending, from the site's top. */
  readonly slug: string;
  /** How lists of pages call it, if not by its first heading. */
  readonly label?: string;
}

/** Pages that are listed together. */
export interface Chapter {
  readonly title: string;
  readonly pages: readonly Page[];
}

interface Place {
  readonly kind: Kind;
  readonly folder: string;
  /** Which of the folder's files are pages. */
  readonly files: RegExp;
  /** Where the pages of a folder are found. */
  readonly below: string;
}

/** Where pages come from; what lies in none of these folders is listed by name in `chapters`. */
const places: readonly Place[] = [
  { kind: "markdown", folder: "docs", files: /\.md$/, below: "" },
  { kind: "manual", folder: "packages/packaging/source/man", files: /\.\d$/, below: "man/" },
  { kind: "schema", folder: "packages/knem/schema", files: /\.json$/, below: "schema/" },
];

/** Files elsewhere that are pages. */
const others: readonly Page[] = [
  { kind: "markdown", source: "README.md", slug: "about", label: "Overview" },
  { kind: "markdown", source: "CONTRIBUTING.md", slug: "contributing" },
  { kind: "markdown", source: "crates/knem/README.md", slug: "rust", label: "Rust crate" },
  { kind: "markdown", source: "packages/knem/README.md", slug: "node", label: "Node package" },
];

/** The order of the chapters and, in each, of its pages by name; what is not named comes last in the last one. */
const order: readonly { title: string; slugs: readonly string[] }[] = [
  {
    title: "Using it",
    slugs: [
      "about",
      "guide",
      "install",
      "mpi",
      "monitoring",
      "containers",
      "troubleshooting",
      "support",
    ],
  },
  { title: "Programming", slugs: ["interface", "rust", "node"] },
  {
    title: "How it is made",
    slugs: [
      "internals",
      "performance",
      "mpi-performance",
      "security",
      "parameters",
      "contract",
      "contributing",
    ],
  },
  { title: "Manual pages", slugs: ["man/knem.1", "man/knem.4", "man/"] },
  { title: "Output of the command", slugs: ["schema/"] },
];

/** The pages that a checkout has, by chapter. */
export async function chaptersOf(checkout: string): Promise<Chapter[]> {
  const found = await Promise.all(places.map((place) => pagesIn(checkout, place)));
  const there = await Promise.all(others.map(({ source }) => exists(join(checkout, source))));
  return arrange([...found.flat(), ...others.filter((_, index) => there[index])]);
}

/** Puts pages into chapters. */
export function arrange(pages: readonly Page[]): Chapter[] {
  const named = (page: Page) => order.findIndex(({ slugs }) => slugs.some(matches(page)));
  const made = order.findIndex(({ title }) => title === "How it is made");
  const chapters = order.map(({ title, slugs }, index) => {
    const own = pages.filter((page) => (named(page) < 0 ? made : named(page)) === index);
    const rank = (page: Page) => (slugs.findIndex(matches(page)) + slugs.length) % slugs.length;
    const last = (page: Page) => (named(page) < 0 ? slugs.length : rank(page));
    const sorted = [...own].sort((a, b) => last(a) - last(b) || a.slug.localeCompare(b.slug));
    return { title, pages: sorted };
  });
  return chapters.filter(({ pages }) => pages.length > 0);
}

const matches = (page: Page) => (slug: string) =>
  slug.endsWith("/") ? page.slug.startsWith(slug) : page.slug === slug;

async function pagesIn(checkout: string, { kind, folder, files, below }: Place): Promise<Page[]> {
  const names = await readdir(join(checkout, folder));
  return names
    .filter((name) => files.test(name))
    .map((name) => ({
      kind,
      source: `${folder}/${name}`,
      slug: below + name.replace(/\.(md|json)$/, ""),
    }));
}

const exists = (file: string) =>
  readdir(join(file, "..")).then((names) => names.includes(file.split("/").pop() ?? ""));
