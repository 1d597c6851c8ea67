// SPDX-License-Identifier: BSD-3-Clause

const binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const;
const decimal = ["", "k", "M", "G", "T", "P", "E"] as const;

/** Bytes in three digits: `4.00 KiB`, `312 MiB`. */
export function bytes(count: number): string {
  const [value, unit] = scaled(count, 1024, binary);
  return `${value} ${unit}`;
}

/** A count in three digits: `987`, `12.3k`. */
export function short(count: number): string {
  return scaled(count, 1000, decimal).join("");
}

/** So many of something: `1 region`, `1.20k regions`. */
export function counted(count: number, noun: string): string {
  return `${short(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A power of two in its largest unit: `4 KiB`. */
export function exactBytes(count: number): string {
  const power = Math.min(binary.length - 1, Math.floor(Math.log2(Math.max(count, 1)) / 10));
  return `${count / 1024 ** power} ${binary[power]}`;
}

function scaled(count: number, base: number, units: readonly string[]): [string, string] {
  let [value, power] = [count, 0];
  // 999.5 would be shown as 1000.
  while (value >= base - 0.5 && power < units.length - 1) {
    value /= base;
    power += 1;
  }
  return [
    power === 0 && Number.isInteger(value) ? String(value) : digits(value),
    units[power] ?? "",
  ];
}

/** Three digits, or four where 1000 of something are less than the next unit. */
function digits(value: number): string {
  if (value >= 99.95) return value.toFixed(0);
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
