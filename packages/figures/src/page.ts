// SPDX-License-Identifier: BSD-3-Clause
import { figure } from "./figure.js";
import { escaped } from "./markup.js";
import type { Plot } from "./plot.js";
import { type Sheet, table } from "./sheet.js";
import { pageStyle } from "./style.js";

/** Sheets that are shown only when they are asked for, under a title of their own. */
export interface Folder {
  readonly title: string;
  readonly sheets: readonly Sheet[];
}

/** What a page shows, in this order. */
export interface Page {
  readonly title: string;
  /** Where the figures come from. */
  readonly note: string;
  /** What they come to, in one sentence. */
  readonly lead?: string;
  /** Tables before the plots. */
  readonly first?: readonly Sheet[];
  readonly plots: readonly Plot[];
  readonly sheets: readonly Sheet[];
  readonly folders?: readonly Folder[];
}

/** A part of a page and the words by which it is found. */
interface Section {
  readonly title: string;
  readonly content: string;
}

/** From so many sections on, a page begins with a list of them. */
const MANY = 4;

/** Figures as one page that needs nothing but itself: no server, no network, no script. */
export function page(contents: Page): string {
  const { title, note, lead } = contents;
  const sections = sectionsOf(contents);
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="description" content="${escaped(lead ?? note)}">`,
    `<style>${pageStyle}</style></head><body><main>`,
    `<h1>${escaped(title)}</h1>`,
    `<p class="note">${escaped(note)}</p>`,
    ...(lead === undefined ? [] : [`<p class="lead">${escaped(lead)}</p>`]),
    ...(sections.length < MANY ? [] : [list(sections)]),
    ...sections.map(
      ({ title, content }, at) => `<h2 id="${anchor(at)}">${escaped(title)}</h2>\n${content}`,
    ),
    "</main></body></html>\n",
  ].join("\n");
}

function sectionsOf({ first = [], plots, sheets, folders = [] }: Page): Section[] {
  const figures = `<div class="plots">${plots.map(figure).join("\n")}</div>`;
  const shown = (sheet: Sheet) => ({ title: sheet.title, content: table(sheet) });
  return [
    ...first.map(shown),
    ...(plots.length > 0 ? [{ title: plots.length > 1 ? "Plots" : "Plot", content: figures }] : []),
    ...sheets.map(shown),
    ...folders
      .filter(({ sheets }) => sheets.length > 0)
      .map(({ title, sheets }) => ({ title, content: sheets.map(folded).join("\n") })),
  ];
}

const folded = (sheet: Sheet) =>
  `<details><summary>${escaped(sheet.title)}</summary>${table(sheet)}</details>`;

function list(sections: readonly Section[]): string {
  const entries = sections.map(
    ({ title }, at) => `<li><a href="#${anchor(at)}">${escaped(title)}</a></li>`,
  );
  return `<nav aria-label="Contents"><ul>${entries.join("")}</ul></nav>`;
}

const anchor = (at: number) => `section-${at + 1}`;
