// SPDX-License-Identifier: BSD-3-Clause

import { type Sheet, size } from "@knem/figures";
import type { BenchDocument } from "../document.js";
import { type ExperimentName, experiments } from "./experiment.js";
import { found, settingsOf } from "./setting.js";
import { verdict } from "./verdict.js";

/** What was tried, in a few words. */
export const titles: Readonly<Record<ExperimentName, string>> = {
  split: "Large copies in two halves, by two CPUs",
  streaming: "Stores that go past the caches",
  overlap: "Declaring a region piece by piece while it is copied",
  prefault: "Populating the destination before the copy",
  references: "References to one region counted in several places",
};

/** How many times as good an experiment is, in each setting and for each size, as far as it was measured. */
export function experimentSheet(document: BenchDocument, name: ExperimentName): Sheet {
  const settings = settingsOf(name)
    .map((setting) => ({ setting, figures: found(document.experiments, name, setting) }))
    .filter(({ figures }) => figures.length > 0);
  const all = settings.flatMap(({ figures }) => figures.map(({ bytes }) => bytes));
  const sizes = [...new Set(all)].sort((a, b) => a - b);
  const rows = settings.map(({ setting, figures }) => [
    setting.title,
    setting.bed,
    setting.stands,
    ...sizes.map((bytes) => figures.find((one) => one.bytes === bytes)?.ratio.toFixed(2) ?? ""),
    setting.decides ? "yes" : "",
  ]);
  const columns = sizes.map((bytes) => (bytes === 0 ? "any" : size(bytes)));
  const header = ["what", "bed", "stands for", ...columns, "decides"];
  return { title: titles[name], header, rows };
}

/** Of every experiment that was carried out. */
export function experimentSheets(document: BenchDocument): Sheet[] {
  return experiments
    .map((name) => experimentSheet(document, name))
    .filter(({ rows }) => rows.length > 0);
}

/** What becomes of each. */
export function verdictSheet(document: BenchDocument): Sheet {
  const rows = experiments.flatMap((name) => {
    const found = verdict(document.experiments, name);
    return found ? [[titles[name], found.reason, found.kept ? "yes" : "no"]] : [];
  });
  return { title: "What was tried", header: ["what", "why", "kept"], rows };
}
