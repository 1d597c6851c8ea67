// SPDX-License-Identifier: BSD-3-Clause
import { expect, test } from "vitest";
import { checkMeasurements, comparison } from "../comparison.js";

const one = (method: string, bytes: number, best: number) => ({
  method,
  bytes,
  best,
  verified: true,
});
const results = [
  one("inline-copy", 1 << 20, 1e9),
  one("inline-copy", 4096, 40.96e6),
  one("shm-double-copy", 4096, 4.096e6),
];

test("a line for each size, smallest first, with what there is", () => {
  const lines = comparison(results).split("\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^ *size +KNEM read +speed +KNEM write/);
  expect(lines[2]).toMatch(/^4 KiB +100 us +41 MB\/s +- +- +- +- +1000 us +4 MB\/s$/);
  expect(lines[3]).toMatch(/^1 MiB +1049 us +1000 MB\/s/);
});

test("counters that match what was done are accepted", () => {
  checkMeasurements({ results, requests: 7 }, { submitted: 7, processedTotal: 7 });
});

test.each([
  ["counted less", { results, requests: 7 }, { submitted: 7, processedTotal: 6 }],
  ["counted more", { results, requests: 7 }, { submitted: 8, processedTotal: 7 }],
  ["counted nothing", { results, requests: 7 }, {}],
  ["measured nothing", { results: [], requests: 0 }, { submitted: 0, processedTotal: 0 }],
  [
    "bytes not verified",
    { results: [{ ...results[0], verified: false }], requests: 1 },
    { submitted: 1, processedTotal: 1 },
  ],
])("%s is refused", (_, measurements, counters) => {
  expect(() => checkMeasurements(measurements as never, counters)).toThrow(
    expect.objectContaining({ code: "DEMONSTRATION_FAILED" }),
  );
});
