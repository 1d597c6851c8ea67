// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { bars, block, histogram } from "../../src/cli/histogram.js";
import { bytes, short } from "../../src/cli/units.js";
import { sizes } from "./sample.js";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [1023, "1023 B"],
  [1023.9, "1.00 KiB"],
  [4096, "4.00 KiB"],
  [10 * 1024 - 1, "10.0 KiB"],
  [12 << 20, "12.0 MiB"],
  [1023.6 * 2 ** 20, "1.00 GiB"],
  [2 ** 70, "1024 EiB"],
  [0.5, "0.50 B"],
])("%d bytes are %s", (count, text) => expect(bytes(count)).toBe(text));

it.each([
  [0, "0"],
  [987, "987"],
  [999.6, "1.00k"],
  [12_345, "12.3k"],
  [1e9, "1.00G"],
  [0.25, "0.25"],
])("%d is short %s", (count, text) => expect(short(count)).toBe(text));

it("bars go from the smallest size that occurred to the largest", () => {
  expect(bars(sizes({ 0: 1, 2: 5 }))).toEqual([
    { label: "nothing", count: 1 },
    { label: "1 B", count: 0 },
    { label: "2 B", count: 5 },
  ]);
  expect(bars(sizes({ 63: 1 }))).toEqual([{ label: "4 EiB", count: 1 }]);
  expect(bars(sizes({}))).toEqual([]);
});

it("what is more than nothing is seen, and nothing is wider than there is room", () => {
  expect(block(0, 10, 8)).toBe("");
  expect(block(1, 1e9, 8)).toBe("▏");
  expect(block(10, 10, 8)).toBe("████████");
  expect(block(5, 10, 3)).toBe("█▌");
  const all = bars(sizes({ 13: 123456, 14: 1, 30: 7 }));
  for (const line of histogram(all, 40)) expect(line.length).toBeLessThanOrEqual(40);
});
