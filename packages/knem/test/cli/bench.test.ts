// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { bring } from "../../src/cli/bench/document.js";
import { kinds } from "../../src/cli/bench/kinds.js";
import type { Copies, Measured } from "../../src/cli/bench/program.js";
import { html, text } from "../../src/cli/bench/text.js";
import { valid } from "../schema.js";

const MiB = 1 << 20;
const nothing: Measured = { results: [], calls: [], overlaps: [], cpus: 2 };

function copies(method: string, bytes: number, speed: number, readers = 1): Copies {
  const seconds = { p50: bytes / speed, p90: 2e-3, p99: 3e-3, worst: 4e-3 };
  return { method, bytes, pages: "small", readers, best: 2 * speed, median: speed, seconds };
}

function document(kind: string, ...all: Partial<Measured>[]) {
  const head = { kind, title: kinds[kind]?.title ?? "", kernel: "7.3.4-amd64", version: "2.0.0" };
  const runs = kinds[kind]?.runs({ processes: 4 }) ?? [];
  const pairs = all.map((one, at) => {
    const run = runs[at];
    if (!run) throw new Error(`${kind} has fewer runs`);
    return [run, { ...nothing, ...one }] as const;
  });
  return bring(head, pairs);
}

describe("the kinds", () => {
  it("heed what is wished, last", () => {
    for (const { runs } of Object.values(kinds)) {
      const wishes = { sizes: "1KiB", repeat: "3", pages: "huge", processes: 5 };
      for (const { args } of runs(wishes))
        expect(args.slice(-6)).toEqual(["--sizes", "1KiB", "--repeat", "3", "--pages", "huge"]);
    }
    expect(kinds["all-to-one"]?.runs({ processes: 5 })[0]?.args).toContain("5");
  });
});

const cost = (call: string, bytes: number, pages: string, best: number) => ({
  ...{ call, bytes, pages, best, median: best + 1e-6 },
  seconds: { p50: best + 1e-6, p90: best + 2e-6, p99: best + 3e-6, worst: best + 4e-6 },
});

const figures = {
  copy: document("copy", {
    results: [
      copies("inline-copy", MiB, 2 ** 30),
      copies("inline-copy", 4 * MiB, 2 ** 31),
      copies("process_vm_readv", MiB, 2 ** 29),
    ],
  }),
  collective: document("one-to-all", {
    results: [copies("inline-copy", MiB, 2 ** 30), copies("inline-copy", MiB, 2 ** 31, 2)],
  }),
  vectors: document(
    "vectors",
    { results: [copies("vector-copy", MiB, 2 ** 30)] },
    { results: [copies("vector-copy", MiB, 2 ** 29)] },
  ),
  region: document("region", {
    calls: [cost("get-info", 0, "small", 5e-7), cost("create", 2 * MiB, "huge", 2e-6)],
  }),
  overlap: document("overlap", {
    overlaps: [MiB, 4 * MiB].map((bytes) => ({
      ...{ bytes, pages: "small", copy: 1e-3, compute: 1e-3, both: 1.2e-3, hidden: 0.8 },
    })),
  }),
};

describe("the figures", () => {
  it("are documents that their schema describes", () => {
    for (const figure of Object.values(figures)) valid("bench", JSON.stringify(figure));
    expect(figures.collective.copies.map(({ name }) => name)).toEqual([
      "inline-copy",
      "inline-copy × 2",
    ]);
    expect(figures.vectors.copies.map(({ name }) => name)).toEqual(["1 segment", "4 segments"]);
  });

  it("are tables with percentiles", () => {
    const lines = text(figures.copy, 80).split("\n");
    expect(lines.slice(0, 6)).toEqual([
      "Copies between two processes, by the ways there are",
      "",
      "size   copies            median µs  90 % µs  99 % µs  worst µs  median GiB/s  best GiB/s",
      "1 MiB  inline-copy          976.56  2000.00  3000.00   4000.00         1.000       2.000",
      "4 MiB  inline-copy         1953.13  2000.00  3000.00   4000.00         2.000       4.000",
      "1 MiB  process_vm_readv    1953.13  2000.00  3000.00   4000.00         0.500       1.000",
    ]);
    expect(lines.at(-1)).toBe(
      "7.3.4-amd64, knem 2.0.0, on 2 CPUs. The bytes of every round were verified.",
    );
  });

  it("are curves where there is more than a point", () => {
    expect(text(figures.copy, 80)).toMatch(/ 2 ┤[^\n]*[\u2801-\u28ff]/);
    expect(text(figures.copy, 80)).toContain("━━ inline-copy");
    expect(text(figures.overlap, 80)).toContain("% of the copy that takes no time of its own");
    for (const figure of [figures.region, figures.vectors])
      expect(text(figure, 80)).not.toContain("└");
    for (const line of text(figures.overlap, 40)
      .split("\n")
      .filter((line) => /[┤│└]/.test(line)))
      expect(line.length).toBeLessThan(40);
  });

  it("are told of calls and of overlap as well", () => {
    expect(text(figures.region, 80)).toMatch(
      /^2 MiB, huge {2}create +2\.00 +3\.00 +4\.00 +5\.00 +6\.00$/m,
    );
    expect(text(figures.overlap, 80)).toMatch(/^4 MiB +1000\.00 +1000\.00 +1200\.00 +80 %$/m);
  });

  it("are a page that needs nothing but itself", () => {
    const page = html(figures.copy);
    expect(page).not.toMatch(/<script|<link|@import|url\(|src=|href="[^#]|https?:/);
    expect(page.match(/<figure>/g)).toHaveLength(1);
    expect(page).toContain("<td>process_vm_readv</td>");
  });

  it("are a page that says once what it is about", () => {
    for (const figure of Object.values(figures))
      expect(
        html(figure)
          .match(/<h[12][^>]*>[^<]*|<strong>[^<]*/g)
          ?.filter((heading) => heading.includes(figure.title)),
      ).toHaveLength(1);
  });
});
