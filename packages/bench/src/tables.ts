// SPDX-License-Identifier: BSD-3-Clause

import { type Sheet, size } from "@knem/figures";
import { type Bed, type BenchDocument, methods, type Pages } from "./document.js";
import { type Goal, instructionGoals, readerGoals, speedGoals } from "./goals.js";
import { ratio, resultOf } from "./query.js";

/** What was to be reached beside what was, as far as the document tells. */
export function goalSheets(document: BenchDocument): Sheet[] {
  const sheets = [
    goalSheet("Instructions", document, instructionGoals, "≤", count),
    goalSheet("Speed against process_vm_readv", document, speedGoals, "≥", times),
    goalSheet("Several readers", document, readerGoals, "≥", times),
  ];
  return sheets.filter(({ rows }) => rows.length > 0);
}

function goalSheet(
  title: string,
  document: BenchDocument,
  goals: readonly Goal[],
  sign: "≤" | "≥",
  show: (value: number) => string,
): Sheet {
  const rows = goals.flatMap(({ what, original, other, limit, value }) => {
    const ours = value(document);
    if (ours === undefined) return [];
    const beside = other?.(document);
    const shown = show(ours);
    const reached = sign === "≤" ? Number(shown) <= limit : Number(shown) >= limit;
    return [
      [
        what,
        original,
        beside === undefined ? "" : show(beside),
        shown,
        `${sign} ${limit}`,
        reached ? "yes" : "no",
      ],
    ];
  });
  const header = ["what", "KNEM in C", "beside", "ours", "goal", "reached"];
  const narrow = rows.every((row) => row[2] === "");
  return narrow
    ? { title, header: without(header), rows: rows.map(without) }
    : { title, header, rows };
}

/** A row less its third cell. */
const without = (row: readonly string[]) => [...row.slice(0, 2), ...row.slice(3)];

/** Speeds in a bed: of memcpy as they are, of everything else as shares of it, or all as shares alone. */
export function speedSheet(
  document: BenchDocument,
  bed: Bed,
  pages: Pages,
  absolute: boolean,
): Sheet {
  const against = absolute ? methods : methods.filter((method) => method !== "memcpy");
  const rows = sizesOf(document, bed, pages, 16 << 10).map((bytes) => [
    size(bytes),
    ...against.map((method) => {
      const copy = { bed, method, bytes, pages };
      const share = ratio(document, copy, { ...copy, method: "memcpy" });
      const { best } = resultOf(document, copy) ?? {};
      if (share === undefined || best === undefined) return "";
      return absolute ? (best / 2 ** 30).toFixed(2) : share.toFixed(share < 0.1 ? 3 : 2);
    }),
  ]);
  const kind = absolute ? "GiB/s" : "shares of memcpy";
  return { title: `${titles[bed]}, ${pages} pages: ${kind}`, header: ["size", ...against], rows };
}

/** Instructions of whole copies. */
export function instructionSheet(document: BenchDocument, pages: Pages): Sheet {
  const shown = methods.filter((method) => method !== "shm-double-copy");
  const rows = sizesOf(document, "qemu", pages, 1).map((bytes) => [
    size(bytes),
    ...shown.map((method) => {
      const { instructions } = resultOf(document, { bed: "qemu", method, bytes, pages }) ?? {};
      return instructions == null ? "" : String(instructions);
    }),
  ]);
  return { title: `Instructions of a copy, ${pages} pages`, header: ["size", ...shown], rows };
}

/** What calls cost: instructions where they were counted, else microseconds. */
export function callSheet(document: BenchDocument, bed: Bed): Sheet {
  const rows = document.calls
    .filter((one) => one.bed === bed)
    .map(({ call, bytes, pages, best, instructions }) => [
      call,
      bytes === 0 ? "" : `${size(bytes)}, ${pages}`,
      bed === "qemu" ? String(instructions ?? "") : (best * 1e6).toFixed(1),
    ]);
  const unit = bed === "qemu" ? "instructions" : "µs";
  return { title: `Calls, ${unit}`, header: ["call", "memory", unit], rows };
}

/** The beds in a few words. */
export const titles: Readonly<Record<Bed, string>> = {
  uml: "User Mode Linux at native speed",
  qemu: "Stock kernel in QEMU",
};

function sizesOf(document: BenchDocument, bed: Bed, pages: Pages, from: number): number[] {
  const found = document.results.filter(
    (one) => one.bed === bed && one.pages === pages && one.readers === 1 && one.bytes >= from,
  );
  return [...new Set(found.map(({ bytes }) => bytes))].sort((a, b) => a - b);
}

const count = (value: number) => String(Math.round(value));
const times = (value: number) => value.toFixed(2);
