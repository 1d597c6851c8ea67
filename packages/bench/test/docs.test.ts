// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { documentation, FIGURES } from "../src/docs.js";
import { parseDocument } from "../src/document.js";
import { type Profile, total } from "../src/profile/profile.js";
import { subjectName } from "../src/profile/subject.js";
import { goalSheets } from "../src/tables.js";
import { cost, document, profile, result } from "./sample.js";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));
const committed = (path: string) => readFile(join(checkout, path), "utf8");

describe("docs/performance.md", async () => {
  const figures = parseDocument(await committed(FIGURES));
  const files = documentation(figures);

  it.each([...files.keys()])("%s is made from the committed figures", async (path) => {
    expect(await committed(path)).toBe(files.get(path));
  });

  it("has no plot that is not made", async () => {
    // Those of the MPI libraries are made by packages/mpi.
    const plots = (await readdir(join(checkout, "docs/performance"))).filter(
      (name) => name.endsWith(".svg") && !name.startsWith("mpi-"),
    );
    const made = [...files.keys()].filter((path) => path.endsWith(".svg"));
    expect(plots.map((name) => `docs/performance/${name}`).sort()).toEqual(made.sort());
  });

  it("shows every goal of one process", () => {
    const rows = goalSheets(figures).map(({ rows }) => rows.length);
    expect(rows.slice(0, 2)).toEqual([9, 10]);
  });
});

describe("the committed profiles", async () => {
  const figures = parseDocument(await committed(FIGURES));
  const counted = ({ call, bytes, pages }: Profile) =>
    figures.calls.find((one) => one.bed === "qemu" && isSame(one, one.call, call, bytes, pages))
      ?.instructions ??
    figures.results.find((one) => one.bed === "qemu" && isSame(one, one.method, call, bytes, pages))
      ?.instructions;

  // Where memory lies in the machine differs from run to run, and with it a few steps of the kernel's.
  it.each(figures.profiles.map((one) => [subjectName(one), one] as const))(
    "%s is of about as many instructions as another run counted",
    (_, one) => {
      expect(Math.abs((counted(one) ?? 0) - total(one))).toBeLessThanOrEqual(total(one) / 50);
    },
  );
});

describe("documentation", () => {
  const pair = (bytes: number) =>
    [1, 2].map((readers) => result({ bed: "qemu", bytes, readers, best: readers * 1e9 }));

  it("tells of several readers where there were some", () => {
    const page = (figures: ReturnType<typeof document>) =>
      documentation(figures).get("docs/performance.md");
    const several = document([...pair(1 << 18), ...pair(1 << 20)]);
    expect(page(several)).toContain("](performance/readers.svg)");
    expect(page(several)).toContain(
      "| 2 readers of one region against 1 | 1.9–2.0 | 2.00 | ≥ 1.9 | yes |",
    );
    expect(page(document())).not.toContain("Several readers");
  });
});

describe("goalSheets", () => {
  const yes = (sheets: ReturnType<typeof goalSheets>) =>
    sheets.flatMap(({ rows }) => rows.map((row) => [row[0], row.at(-1)]));

  it("tells what was reached", () => {
    const info = (instructions: number) => goalSheets(document([], [cost({ instructions })]));
    expect(yes(info(600))).toEqual([["GET_INFO", "yes"]]);
    expect(yes(info(601))).toEqual([["GET_INFO", "no"]]);
  });

  it("counts allocations of all ways to copy, or of none", () => {
    const copies = ["inline-copy", "inline-write", "region-copy", "vector-copy"] as const;
    const of = (allocations: number, calls: readonly (typeof copies)[number][] = copies) => {
      const profiles = calls.map((call, at) =>
        profile({ call, allocations: at === 1 ? allocations : 0 }),
      );
      return yes(goalSheets({ ...document(), profiles }));
    };
    const what = "heap allocations in a synchronous copy of at most 8 segments";
    expect(of(0)).toEqual([[what, "yes"]]);
    expect(of(1)).toEqual([[what, "no"]]);
    expect(of(0, copies.slice(1))).toEqual([]);
  });

  it("compares best with best in one run", () => {
    const against = (best: number) =>
      goalSheets(document([result({ best }), result({ method: "process_vm_readv", best: 1e9 })]));
    expect(yes(against(1.15e9))).toEqual([["copy from a region, 1 MiB", "yes"]]);
    expect(yes(against(1.14e9))).toEqual([["copy from a region, 1 MiB", "no"]]);
  });

  it("finds what each page costs beyond the copying", () => {
    const copy = (bytes: number, instructions: number) =>
      result({ bed: "qemu", bytes, instructions });
    // 240 pages lie between the two sizes: 512 instructions copy each, 100 are beyond that.
    const [sheet] = goalSheets(document([copy(65536, 20000), copy(1 << 20, 20000 + 240 * 612)]));
    expect(sheet?.rows[0]).toContain("100");
  });
});

/** Whether a figure is of that call and that memory. */
const isSame = (
  one: { bytes: number; pages: string },
  name: string,
  call: string,
  bytes: number,
  pages: string,
) => name === call && one.bytes === bytes && one.pages === pages;
