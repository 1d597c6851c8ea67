// SPDX-License-Identifier: BSD-3-Clause

/** A cell of a table; a column of nothing but numbers, with or without a unit, is aligned to the right. */
export type Cell = string | number;

/** A number, perhaps with a unit; or a place left empty. */
const NUMBER = /^(-?\d+(\.\d+)?( ?[A-Za-z%/]+)?|-?)$/;

/** Rows under a header, columns aligned, two spaces between them. */
export function table(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = rows.map((row) => header.map((_, column) => String(row[column] ?? "")));
  const widths = header.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const right = header.map(
    (_, column) => cells.length > 0 && cells.every((row) => NUMBER.test(row[column] ?? "")),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, right[column] ?? false))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "-".repeat(width));
  return [line(header), line(rule), ...cells.map(line)].join("\n");
}

function pad(cell: string, width: number, right: boolean): string {
  return right ? cell.padStart(width) : cell.padEnd(width);
}
