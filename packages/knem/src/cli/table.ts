// SPDX-License-Identifier: BSD-3-Clause

/** Two columns, aligned; numbers to the right. */
export function table(rows: readonly (readonly [string, string | number])[]): string[] {
  const first = Math.max(0, ...rows.map(([name]) => name.length));
  const numbers = rows.filter(([, value]) => typeof value === "number");
  const second = Math.max(0, ...numbers.map(([, value]) => String(value).length));
  return rows.map(([name, value]) => {
    const text = typeof value === "number" ? String(value).padStart(second) : value;
    return `${name.padEnd(first)}  ${text}`;
  });
}

/** A header and rows below it, as many columns as the header has; the last one is as long as it is. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((_, at) =>
    Math.max(...[header, ...rows].map((row) => row[at]?.length ?? 0)),
  );
  return [header, ...rows].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
