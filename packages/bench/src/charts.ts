// SPDX-License-Identifier: BSD-3-Clause

import type { Plot, Series } from "@knem/figures";
import type { Bed, BenchDocument, Method, Pages } from "./document.js";
import { type Copy, ratio, resultOf } from "./query.js";

/** A plot and the name of its file. */
export interface Chart {
  readonly name: string;
  readonly plot: Plot;
}

const readers: readonly Method[] = [
  "inline-copy",
  "region-copy",
  "create-copy-destroy",
  "vector-copy",
  "shm-double-copy",
];
/** Each has a colour of its own. */
const coloured: readonly Method[] = [...readers, "process_vm_readv", "inline-write"];
const ways: readonly Method[] = ["process_vm_readv", ...readers];

/** The plots of a document: those for which it has figures. */
export function charts(document: BenchDocument): Chart[] {
  return [
    { name: "uml-against-cma", plot: againstCma(document) },
    { name: "uml-against-memcpy", plot: againstMemcpy(document) },
    { name: "instructions-small", plot: instructions(document, "small") },
    { name: "instructions-huge", plot: instructions(document, "huge") },
    { name: "readers", plot: together(document) },
  ].filter(({ plot }) => plot.series.some(({ points }) => points.length > 1));
}

function againstCma(document: BenchDocument): Plot {
  const against = (method: Method, other: Method) =>
    series(document, "uml", method, (copy) => ratio(document, copy, { ...copy, method: other }));
  const writing = against("inline-write", "process_vm_writev");
  return {
    title: "Against process_vm_readv, at native speed",
    values: "times as fast as process_vm_readv (writing: process_vm_writev), best with best",
    series: [
      reference(document, "uml", "process_vm_readv"),
      ...readers.map((method) => against(method, "process_vm_readv")),
      writing,
    ],
  };
}

function againstMemcpy(document: BenchDocument): Plot {
  return {
    title: "Against memcpy, at native speed",
    values: "share of the speed of a copy within one process, the limit",
    series: [
      reference(document, "uml", "memcpy"),
      ...ways.map((method) =>
        series(document, "uml", method, (copy) =>
          ratio(document, copy, { ...copy, method: "memcpy" }),
        ),
      ),
    ],
  };
}

function instructions(document: BenchDocument, pages: Pages): Plot {
  const value = (copy: Copy) => {
    const { instructions } = resultOf(document, copy) ?? {};
    return instructions == null ? undefined : instructions / (copy.bytes / 4096);
  };
  const from = 64 << 10; // Below it, the call is all that counts.
  const line = (method: Method, reference = false): Series => ({
    ...series(document, "qemu", method, value, pages, from),
    ...(reference && { reference }),
  });
  return {
    title: `Instructions for every 4 KiB, ${pages} pages`,
    values: "of a whole copy on the stock kernel; the copying itself takes 512",
    series: [
      line("process_vm_readv", true),
      ...readers.filter((method) => method !== "shm-double-copy").map((method) => line(method)),
    ],
  };
}

function together(document: BenchDocument): Plot {
  const line = (method: Method): Series =>
    series(document, "qemu", method, (copy) => ratio(document, { ...copy, readers: 2 }, copy));
  return {
    title: "Two readers of one region, each on a CPU of its own",
    values: "times as fast together as one alone, whose other CPU is kept busy",
    series: [{ ...line("process_vm_readv"), reference: true }, line("inline-copy")],
  };
}

function reference(document: BenchDocument, bed: Bed, method: Method): Series {
  return { ...series(document, bed, method, () => 1), reference: true };
}

/** A method's values over the sizes that were measured. */
function series(
  document: BenchDocument,
  bed: Bed,
  method: Method,
  value: (copy: Copy) => number | undefined,
  pages: Pages = "small",
  from = 16 << 10,
): Series {
  const sizes = document.results
    .filter((one) => one.bed === bed && one.method === method && one.pages === pages)
    .filter((one) => one.readers === 1 && one.bytes >= from)
    .map(({ bytes }) => bytes)
    .sort((a, b) => a - b);
  const points = sizes.flatMap((bytes) => {
    const found = value({ bed, method, bytes, pages });
    return found === undefined ? [] : [[bytes, found] as const];
  });
  return { name: method, points, colour: coloured.indexOf(method) };
}
