// SPDX-License-Identifier: BSD-3-Clause
import { page } from "@knem/figures";
import { charts } from "./charts.js";
import { type BenchDocument, beds, pageKinds } from "./document.js";
import { experimentSheets, verdictSheet } from "./experiment/sheets.js";
import { functionSheets, ownerSheet } from "./profile/sheets.js";
import { callSheet, goalSheets, instructionSheet, speedSheet, titles } from "./tables.js";

/** The figures as one page that needs nothing but itself. */
export function html(document: BenchDocument): string {
  const kernels = beds.flatMap((bed) => {
    const release = document.kernels[bed];
    return release === undefined ? [] : [`${titles[bed]}: ${release}`];
  });
  const sheets = [
    ...pageKinds.flatMap((pages) => [
      speedSheet(document, "uml", pages, true),
      speedSheet(document, "qemu", pages, true),
      instructionSheet(document, pages),
    ]),
    ...beds.map((bed) => callSheet(document, bed)),
    verdictSheet(document),
    ...experimentSheets(document),
    ownerSheet(document),
  ].filter(({ rows }) => rows.length > 0);
  return page({
    title: "KNEM: benchmarks",
    note: `${kernels.join(" · ")}. The bytes of every round were verified.`,
    ...reached(document),
    first: goalSheets(document),
    plots: charts(document).map(({ plot }) => plot),
    sheets,
    folders: [
      { title: "Instructions, function by function", sheets: functionSheets(document, true) },
    ],
  });
}

/** How many of the goals are reached, in a sentence; nothing where none was measured. */
function reached(document: BenchDocument): { lead?: string } {
  const rows = goalSheets(document).flatMap(({ rows }) => rows);
  const met = rows.filter((row) => row.at(-1) === "yes").length;
  return rows.length === 0 ? {} : { lead: `${met} of ${rows.length} goals are reached.` };
}
