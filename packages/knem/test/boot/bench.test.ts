// SPDX-License-Identifier: BSD-3-Clause
import { beforeAll, describe, expect, it } from "vitest";
import { BIN, KNEM } from "../../../../scripts/outfit.js";
import type { BenchDocument } from "../../src/cli/bench/document.js";
import { kinds } from "../../src/cli/bench/kinds.js";
import { valid } from "../schema.js";
import { inGuest, type Left } from "./guest.js";

/** A little of everything, in one boot. */
const few = "--sizes 4KiB,256KiB --repeat 3 --processes 3";
const bench = (words: string) => `KNEM_BENCH=${BIN}/knem-bench node ${KNEM} bench ${words} ${few}`;

let left: (name: string) => Left;
beforeAll(async () => {
  const each = Object.keys(kinds).map((kind) => [kind, bench(`${kind} --json`)] as const);
  left = await inGuest({
    ...Object.fromEntries(each),
    text: `${bench("pingpong --html /tmp/page.html")} && grep -c '<figure>' /tmp/page.html`,
    counted: `node ${KNEM} stats --json`,
  });
}, 1_000_000);

const document = (kind: string) => {
  expect(left(kind)).toMatchObject({ status: 0, stderr: "" });
  return valid("bench", left(kind).stdout) as BenchDocument;
};
const names = (kind: string) => [...new Set(document(kind).copies.map(({ name }) => name))];

describe("knem bench", () => {
  it("measures everything that it names", () => {
    expect(names("copy")).toEqual([
      ...["inline-copy", "inline-write", "process_vm_readv", "shm-double-copy"],
    ]);
    expect(names("pingpong")).toEqual(["ping-pong"]);
    expect(names("vectors")).toEqual([
      ...["1 segment", "4 segments", "16 segments", "64 segments", "256 segments"],
    ]);
    expect(names("one-to-all")).toEqual([
      ...["inline-copy", "inline-copy × 2", "inline-copy × 3"],
      ...["process_vm_readv", "process_vm_readv × 2", "process_vm_readv × 3"],
    ]);
    expect(names("all-to-one")).toEqual(["inline-write", "inline-write × 2", "inline-write × 3"]);
    expect(document("region").calls.map(({ call }) => call)).toEqual(
      expect.arrayContaining(["get-info", "create", "destroy"]),
    );
    expect(document("overlap").overlaps.map(({ bytes }) => bytes)).toEqual([4096, 1 << 18]);
  });

  it("tells times that fit together", () => {
    for (const kind of ["copy", "pingpong", "one-to-all", "all-to-one", "vectors"])
      for (const { bytes, readers, best, median, seconds } of document(kind).copies) {
        expect(best).toBeGreaterThanOrEqual(median);
        expect(seconds.p50).toBeLessThanOrEqual(seconds.p90);
        expect(seconds.p99).toBeLessThanOrEqual(seconds.worst);
        expect((bytes * readers) / median / seconds.p50).toBeCloseTo(1, 1);
      }
    // How they compare is up to the emulator's mood; that the share is one is the schema's affair.
    for (const { copy, compute, both } of document("overlap").overlaps)
      expect(Math.min(copy, compute, both)).toBeGreaterThan(0);
  });

  it("shows a table and a plot, and writes a page", () => {
    const { stdout } = left("text");
    expect(stdout).toMatch(/^4 KiB +ping-pong +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+ +[\d.]+$/m);
    expect(stdout).toContain("━━ ping-pong");
    expect(stdout).toMatch(/The bytes of every round were verified\.\n1\n$/);
  });

  it("asked the module for what it says", () => {
    const { counters, activity } = JSON.parse(left("counted").stdout);
    expect(counters.processedTotal).toBeGreaterThan(200);
    expect(counters.processedThread).toBeGreaterThan(20);
    expect(activity).toMatchObject({ contexts: 0, regions: 0, pinnedBytes: 0 });
  });
});
