// SPDX-License-Identifier: BSD-3-Clause
import type { Sheet } from "@knem/figures";
import { table } from "@knem/kernels";
import { type BenchDocument, beds, pageKinds } from "./document.js";
import { experimentSheets, verdictSheet } from "./experiment/sheets.js";
import { functionSheets, ownerSheet } from "./profile/sheets.js";
import { callSheet, goalSheets, instructionSheet, speedSheet } from "./tables.js";

/** The figures for a terminal; where there are profiles alone, with every function. */
export function text(document: BenchDocument): string {
  const sheets = [
    speedSheet(document, "uml", "small", true),
    ...pageKinds.map((pages) => instructionSheet(document, pages)),
    ...beds.map((bed) => callSheet(document, bed)),
    ...functionSheets(document, document.results.length + document.calls.length === 0),
    ownerSheet(document),
    ...experimentSheets(document),
    verdictSheet(document),
    ...goalSheets(document),
  ];
  return sheets
    .filter(({ rows }) => rows.length > 0)
    .map(plain)
    .join("\n\n");
}

const plain = ({ title, header, rows }: Sheet) => `${title}\n\n${table(header, rows)}`;
