// SPDX-License-Identifier: BSD-3-Clause
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import type { Document } from "./document.js";

/** Addresses outside of the checkout, which nobody looks at here. */
const elsewhere = /^[a-z][a-z0-9+.-]*:/;

/** The links between pages and to files that lead nowhere. */
export function brokenLinks(checkout: string, documents: readonly Document[]): string[] {
  return documents.flatMap(({ path, links }) =>
    links
      .filter((link) => !elsewhere.test(link) && !leads(checkout, documents, path, link))
      .map((link) => `${path}: the link to ${link} leads nowhere`),
  );
}

function leads(checkout: string, documents: readonly Document[], path: string, link: string) {
  const [file = "", anchor] = link.split("#");
  const target = file === "" ? path : normalize(join(dirname(path), decodeURIComponent(file)));
  if (!existsSync(join(checkout, target))) return false;
  if (anchor === undefined) return true;
  const page = documents.find((document) => document.path === target);
  // Anchors of other files are line numbers.
  return page ? page.anchors.includes(anchor) : /^L\d+/.test(anchor);
}
