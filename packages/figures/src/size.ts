// SPDX-License-Identifier: BSD-3-Clause

/** Bytes in the largest unit that needs no fraction: `64 KiB`. */
export function size(bytes: number): string {
  const units = [
    ["GiB", 2 ** 30],
    ["MiB", 2 ** 20],
    ["KiB", 2 ** 10],
  ] as const;
  const unit = units.find(([, factor]) => bytes >= factor && bytes % factor === 0);
  return unit ? `${bytes / unit[1]} ${unit[0]}` : `${bytes} B`;
}
