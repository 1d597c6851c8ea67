// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Page, readPage } from "./markdown.js";

/** A page of the documentation. */
export interface Document extends Page {
  /** From the checkout's top, with `/`: `docs/guide.md`. */
  readonly path: string;
  readonly text: string;
}

/** All pages that people read, sorted by path. */
export async function readDocuments(checkout: string): Promise<Document[]> {
  const within = async (folder: string) => {
    const names = await readdir(join(checkout, folder)).catch(() => []);
    return names.filter((name) => name.endsWith(".md")).map((name) => join(folder, name));
  };
  const parts = await Promise.all(
    ["packages", "crates"].map(async (folder) => {
      const entries = await readdir(join(checkout, folder), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
    }),
  );
  const folders = ["", "docs", "examples", ...parts.flat()];
  const paths = (await Promise.all(folders.map(within))).flat().sort();
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(checkout, path), "utf8");
      return { path, text, ...readPage(text) };
    }),
  );
}

/** Where a block is, as editors open it: `docs/guide.md:12`. */
export function place({ path }: Document, { line }: { readonly line: number }): string {
  return `${path}:${line}`;
}
