// SPDX-License-Identifier: BSD-3-Clause
import { escaped } from "./markup.js";

/** A table, to be shown on a page, in a document, or on a terminal. */
export interface Sheet {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A number, perhaps with a sign before it or a unit behind; of a range, both ends. */
const NUMBER = /^([≤≥≈<>] ?)?\d[\d.,]*(–\d[\d.,]*)?( ?%)?$/;

/** Which columns hold numbers and nothing else; a dash is none, and says nothing of its column. */
export function numeric({ header, rows }: Sheet): boolean[] {
  return header.map((_, at) => {
    const cells = rows.map((row) => row[at] ?? "").filter((cell) => cell !== "" && cell !== "-");
    return cells.length > 0 && cells.every((cell) => NUMBER.test(cell));
  });
}

/** What is longer may be broken into lines. */
const LONG = 24;

/** Names of calls may be broken after their underscores; hyphens are known to browsers. */
const breakable = (cell: string) => escaped(cell).replaceAll("_", "_<wbr>");

/** A sheet as a table of a page: names to the left, numbers to the right; wider than the screen, it is moved by itself. */
export function table(sheet: Sheet): string {
  const numbers = numeric(sheet);
  const classOf = (cell: string, at: number) => {
    if (cell === "yes" || cell === "no") return ` class="${cell}"`;
    if (numbers[at]) return ' class="number"';
    return cell.length > LONG ? ' class="words"' : "";
  };
  const head = sheet.header.map(
    (cell, at) => `<th scope="col"${numbers[at] ? ' class="number"' : ""}>${breakable(cell)}</th>`,
  );
  const body = sheet.rows.map((row) => {
    const cells = row.map((cell, at) => `<td${classOf(cell, at)}>${escaped(cell)}</td>`);
    return `<tr>${cells.join("")}</tr>`;
  });
  const rows = `<thead><tr>${head.join("")}</tr></thead><tbody>${body.join("\n")}</tbody>`;
  // Whoever has no pointer moves it with the arrow keys, once it is in focus.
  return `<div class="wide" role="region" aria-label="${escaped(sheet.title)}" tabindex="0"><table>${rows}</table></div>`;
}
