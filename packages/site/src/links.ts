// SPDX-License-Identifier: BSD-3-Clause
import { dirname, join, normalize, relative } from "node:path/posix";
import type { Page } from "./contents.js";

/** Where files that are no pages by themselves are found on the site. */
export const FILES = "files/";

/** Markdown whose links are those of the site. */
export interface Linked {
  readonly text: string;
  /** Files of the checkout, from its top, that the page links to or shows. */
  readonly files: readonly string[];
}

/** The targets of links and pictures, inline or by reference; what is in code is left alone. */
const TARGET = /(\]\()([^)\s]+)(\)|\s+"[^"]*"\))|(^\[[^\]]+\]:\s*)(\S+)/gm;
const CODE = /(^(`{3,}|~{3,}).*?^\2\s*$|``[^\n]*?``|`[^`]*`)/gms;

/** Whether a file is shown as a picture. */
export const isPicture = (file: string): boolean => /\.(svg|png)$/.test(file);

/** Makes the links of a page between files of the checkout into links between pages of the site. */
export function relink(page: Page, text: string, pages: readonly Page[]): Linked {
  const files = new Set<string>();
  const bySource = new Map(pages.map((one) => [one.source, one]));
  const retarget = (target: string): string => {
    const [path = "", ...anchor] = target.split("#");
    if (path === "" || /^[a-z]+:/i.test(path)) return target;
    const source = normalize(join(dirname(page.source), path));
    // A folder is found by its first page.
    const inside = pages.find((one) => one.source.startsWith(`${source.replace(/\/$/, "")}/`));
    const other = bySource.get(source) ?? inside;
    const hash = anchor.length > 0 ? `#${anchor.join("#")}` : "";
    if (other) return up(page, `${other.slug}.md`) + hash;
    files.add(source);
    return up(page, `${FILES}${source}${isPicture(source) ? "" : ".txt"}`) + hash;
  };
  const replaced = split(text).map((part, index) =>
    index % 2 === 1 ? part : plain(part, retarget),
  );
  return { text: replaced.join(""), files: [...files] };
}

const plain = (text: string, retarget: (target: string) => string) =>
  text.replace(TARGET, (whole, before, target, after, reference, second) => {
    if (before !== undefined) return `${before}${retarget(target)}${after}`;
    return reference === undefined ? whole : `${reference}${retarget(second)}`;
  });

/** Text and code in turn. */
function split(text: string): string[] {
  const parts: string[] = [];
  let last = 0;
  for (const { 0: code, index } of text.matchAll(CODE)) {
    parts.push(text.slice(last, index), code);
    last = index + code.length;
  }
  return [...parts, text.slice(last)];
}

/** The way from a page to something else on the site. */
function up(page: Page, target: string): string {
  const way = relative(dirname(page.slug), target);
  return way.startsWith(".") ? way : `./${way}`;
}
