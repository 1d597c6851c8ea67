// SPDX-License-Identifier: BSD-3-Clause
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { KnemError } from "@knem/errors";
import type { Chapter, Page } from "./contents.js";
import { home, homeText } from "./home.js";
import { FILES, isPicture, relink } from "./links.js";
import type { Manual } from "./manual.js";
import { schemaPage } from "./schema.js";

/** A page that lies in the stage. */
export interface Staged extends Page {
  readonly title: string;
}

/**
 * Writes the pages of a checkout into the folder `stage` as what the generator reads, and the files that they link to
 * beside them. Errors: FILE_MISSING for a link to nothing.
 */
export async function stagePages(
  checkout: string,
  stage: string,
  chapters: readonly Chapter[],
  manual: Manual,
): Promise<Staged[]> {
  await rm(stage, { recursive: true, force: true });
  const pages = [home, ...chapters.flatMap(({ pages }) => pages)];
  const staged: Staged[] = [];
  for (const page of pages) {
    const markdown = await markdownOf(checkout, page, manual);
    const { text, files } = relink(page, markdown, pages);
    await write(join(stage, `${page.slug}.md`), inert(text));
    for (const file of files) await add(checkout, file, stage, page);
    if (page.kind === "schema")
      await copy(join(checkout, page.source), join(stage, "public", `${page.slug}.json`));
    staged.push({ ...page, title: page.label ?? titleOf(text, page.slug) });
  }
  return staged;
}

async function markdownOf(checkout: string, page: Page, manual: Manual): Promise<string> {
  if (page.kind === "manual") return manual.markdown(basename(page.source));
  if (page === home) return homeText;
  const text = await readFile(join(checkout, page.source), "utf8");
  if (page.kind === "markdown") return text;
  return schemaPage(JSON.parse(text), basename(page.source));
}

/**
 * Nothing in a page is a program of the generator's, which takes double braces for that; and of what is said about a
 * block of code it knows the language.
 */
const inert = (text: string) =>
  text.replaceAll("{{", "&#123;&#123;").replace(/^(`{3,}\w+)[ ,].*$/gm, "$1");

/** A page's first heading, without its marks. */
export function titleOf(text: string, slug: string): string {
  const heading = /^# (.+)$/m.exec(text)?.[1] ?? slug;
  return heading.replace(/[`*\\]/g, "");
}

/**
 * A file that a page links to, as it is: pictures go through the generator, the rest is served as text, of a folder its
 * names.
 */
async function add(checkout: string, file: string, stage: string, page: Page): Promise<void> {
  const to = isPicture(file)
    ? join(stage, FILES, file)
    : join(stage, "public", FILES, `${file}.txt`);
  const from = join(checkout, file);
  const folder = await stat(from).catch(missing(file, page));
  if (folder.isDirectory()) await write(to, `${(await readdir(from)).join("\n")}\n`);
  else await copy(from, to);
}

const missing =
  (file: string, page: Page) =>
  (cause: unknown): never => {
    const what = `${page.source} links to what is not there`;
    const why = `${file} cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    throw new KnemError({ code: "FILE_MISSING", what, why, remedy: "mend the link" }, { cause });
  };

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to);
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}
