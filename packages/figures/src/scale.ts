// SPDX-License-Identifier: BSD-3-Clause

/** Where an axis from 0 ends, and its ticks: four to eight at round numbers. */
export function scale(most: number): { most: number; ticks: number[] } {
  const power = 10 ** Math.floor(Math.log10(most));
  const step =
    [0.1, 0.2, 0.25, 0.5, 1, 2].map((n) => n * power).find((n) => most / n <= 7) ?? power;
  const count = Math.ceil(most / step);
  return { most: count * step, ticks: Array.from({ length: count + 1 }, (_, i) => i * step) };
}
