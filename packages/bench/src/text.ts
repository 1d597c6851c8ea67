// SPDX-License-Identifier: BSD-3-Clause
import { table } from "@knem/kernels";
import { type BenchDocument, beds, pageKinds } from "./document.js";
import { experimentSheets, verdictSheet } from "./experiment/sheets.js";
import { functionSheets, ownerSheet } from "./profile/sheets.js";
import { callSheet, goalSheets, instructionSheet, type Sheet, speedSheet } from "./tables.js";

/** The figures for a terminal. */
export function text(document: BenchDocument): string {
  const sheets = [
    speedSheet(document, "uml", "small", true),
    ...pageKinds.map((pages) => instructionSheet(document, pages)),
    ...beds.map((bed) => callSheet(document, bed)),
    ...functionSheets(document, false),
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
