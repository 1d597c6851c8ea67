// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join, posix } from "node:path";

/** A page of a built site: its path from the site's top, and its HTML. */
export interface Built {
  readonly path: string;
  readonly html: string;
}

/** What is wrong with the links, anchors and heads of the built site in `folder`, whose address has the path `base`. */
export async function checkSite(folder: string, base: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const pages = await Promise.all(
    names
      .filter((name) => name.endsWith(".html"))
      .map(async (path) => ({ path, html: await readFile(join(folder, path), "utf8") })),
  );
  return problemsOf(pages, new Set(names), base);
}

/** The same of pages and of the names of all files. */
export function problemsOf(
  pages: readonly Built[],
  files: ReadonlySet<string>,
  base: string,
): string[] {
  const anchors = new Map(pages.map(({ path, html }) => [path, all(html, /\sid="([^"]*)"/g)]));
  return pages.flatMap((page) => [
    ...headProblems(page),
    ...all(page.html, /\s(?:href|src)="([^"]*)"/g)
      .map((target) => linkProblem(page, target, anchors, files, base))
      .filter((problem) => problem !== undefined),
  ]);
}

function headProblems({ path, html }: Built): string[] {
  const title = /<title>([^<]+)<\/title>/.test(html) ? [] : [`${path} has no title`];
  const described = /<meta name="description" content="[^"]+">/.test(html);
  return [...title, ...(described ? [] : [`${path} has no description`])];
}

function linkProblem(
  { path }: Built,
  target: string,
  anchors: ReadonlyMap<string, readonly string[]>,
  files: ReadonlySet<string>,
  base: string,
): string | undefined {
  if (/^[a-z]+:/i.test(target)) return undefined;
  const [way = "", anchor] = decodeURI(target).split("#");
  const file = way === "" ? path : fileOf(path, way, base);
  if (file === undefined || !files.has(file)) return `${path}: nothing is at ${target}`;
  const known = anchors.get(file);
  if (!anchor || known === undefined || known.includes(anchor)) return undefined;
  return `${path}: there is no #${anchor} in ${file}`;
}

/** The file at a way from a page; none outside the site. */
function fileOf(path: string, way: string, base: string): string | undefined {
  const inside = way.startsWith(base) ? way.slice(base.length) : undefined;
  if (way.startsWith("/") && inside === undefined) return undefined;
  const file = way.startsWith("/") ? inside : posix.join(posix.dirname(path), way);
  return file === "" || file?.endsWith("/") ? `${file}index.html` : file;
}

const all = (html: string, pattern: RegExp) =>
  [...html.matchAll(pattern)].map(([, found = ""]) => found.replaceAll("&amp;", "&"));
