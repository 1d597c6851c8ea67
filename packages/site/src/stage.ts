// SPDX-License-Identifier: BSD-3-Clause
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
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
    staged.push({ ...page, title: titleOf(text, page.slug) });
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
  return heading.replace(/[`*_\\]/g, "");
}

/** A file that a page links to: a picture as it is, everything else as a page that shows it. */
async function add(checkout: string, file: string, stage: string, page: Page): Promise<void> {
  const from = join(checkout, file);
  if (isPicture(file)) await copy(from, join(stage, FILES, file)).catch(missing(file, page));
  else {
    const text = await readFile(from, "utf8").catch(missing(file, page));
    await write(join(stage, `${FILES}${file}.md`), listing(file, text));
  }
}

/** A file as a page, which no search finds. */
function listing(file: string, text: string): string {
  const language = languages[extname(file)] ?? "txt";
  const front = { search: false, outline: false, title: file };
  return `---\n${JSON.stringify(front)}\n---\n# ${file}\n\n~~~~${language}\n${text}\n~~~~\n`;
}

/** Languages by their files' endings. */
const languages: Readonly<Record<string, string>> = {
  ".c": "c",
  ".cpp": "cpp",
  ".h": "c",
  ".json": "json",
  ".rs": "rust",
  ".toml": "toml",
  ".ts": "ts",
};

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
