// SPDX-License-Identifier: BSD-3-Clause
import { type Plot, svg } from "./plot.js";

/** A table, to be shown on a page, in a document, or on a terminal. */
export interface Sheet {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a page shows, in this order. */
export interface Page {
  readonly title: string;
  /** Where the figures come from. */
  readonly note: string;
  /** Tables before the plots. */
  readonly first?: readonly Sheet[];
  readonly plots: readonly Plot[];
  readonly sheets: readonly Sheet[];
}

const style = `
:root{color-scheme:light dark;background:#fff;--soft:#67676c;--no:#b3203a;--yes:#1d7a53}
@media(prefers-color-scheme:dark){:root{background:#121212;--soft:#a0a0a8;--no:#ff8c9a;--yes:#5fd0a0}}
body{font:15px/1.5 system-ui,sans-serif;max-width:1080px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2.5rem}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(440px,100%),1fr));gap:1.5rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .7rem;text-align:right;border-bottom:1px solid #8884;white-space:nowrap}
th{font-weight:600}th:first-child,td:first-child{text-align:left}
tr.no td:last-child{color:var(--no);font-weight:600}tr.yes td:last-child{color:var(--yes)}
p.soft{color:var(--soft)}
@media(max-width:600px){td:first-child{white-space:normal;min-width:10rem}}`;

/** Figures as one page that needs nothing but itself: no server, no network, no script. */
export function page({ title, note, first = [], plots, sheets }: Page): string {
  return [
    "<!doctype html>",
    `<html lang="en"><head><meta charset="utf-8"><title>${escaped(title)}</title>`,
    '<meta name="viewport" content="width=device-width">',
    `<style>${style}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    `<p class="soft">${escaped(note)}</p>`,
    ...first.map(section),
    ...(plots.length > 0 ? ['<h2>Plots</h2><div class="plots">'] : []),
    // Each with its style for itself: what is the same for all of them may be said several times.
    ...plots.map((plot) => `<figure style="margin:0">${svg(plot)}</figure>`),
    ...(plots.length > 0 ? ["</div>"] : []),
    ...sheets.map(section),
    "</body></html>\n",
  ].join("\n");
}

function section({ title, header, rows }: Sheet): string {
  const cells = (row: readonly string[], tag: string) =>
    row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join("");
  const body = rows.map((row) => {
    const last = row.at(-1);
    const mark = last === "yes" || last === "no" ? ` class="${last}"` : "";
    return `<tr${mark}>${cells(row, "td")}</tr>`;
  });
  return `<h2>${escaped(title)}</h2><div class="wide"><table><thead><tr>${cells(header, "th")}</tr></thead><tbody>${body.join("\n")}</tbody></table></div>`;
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
