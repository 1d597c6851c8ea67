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
