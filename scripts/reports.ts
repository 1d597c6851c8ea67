// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { html, parseDocument } from "@knem/bench";
import type { Reports } from "@knem/site";

/** The pages that the benchmarks make, of the figures in the documents. */
export async function reportsOf(checkout: string): Promise<Reports> {
  const figures = await readFile(join(checkout, "docs/performance/figures.json"), "utf8");
  return { bench: html(parseDocument(figures)) };
}
