// SPDX-License-Identifier: BSD-3-Clause
// pnpm bench [--bed uml|qemu]… [--quick] [--json] [--compare OLD.json] [--write-docs] | --from FILE.json …
// pnpm bench --experiments: only what the module might do otherwise
// pnpm bench --profile [CALL…] [--module FILE.ko]: only where the instructions of some calls go
// pnpm bench --overlap: only what a DMA engine leaves to its caller
// Measures and puts the figures into build/bench/: a document, and a page to look at.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type BenchDocument,
  type BenchOptions,
  benchOptions,
  comparisonText,
  experimentRuns,
  formatDocument,
  html,
  measure,
  measureOverlap,
  overlapText,
  parseDocument,
  profiles,
  quickExperimentRuns,
  quickRunsOf,
  runsOf,
  text,
  tryOut,
  usualSubjects,
  withExperiments,
  withProfiles,
  writeDocumentation,
} from "@knem/bench";
import { type Target, targets, Workshop } from "@knem/kernels";
import { entryPoint } from "./entry.js";

const read = async (file: string) => parseDocument(await readFile(file, "utf8"));

await entryPoint(async (progress) => {
  const options = benchOptions(process.argv.slice(2));
  // Read before anything is measured: a wrong name is told at once.
  const before = options.compare === undefined ? undefined : await read(options.compare);
  const workshop = await Workshop.open(progress);
  const [target] = targets;
  if (!target) throw new Error("the table of targets is empty");
  if (options.overlap) {
    const overlap = await measureOverlap(workshop, targets);
    console.log(options.json ? JSON.stringify(overlap) : `\n${overlapText(overlap)}`);
    return 0;
  }
  const document = await figures(workshop, target, options);

  const folder = join(workshop.checkout, "build", "bench");
  await mkdir(folder, { recursive: true });
  const json = formatDocument(document);
  await writeFile(join(folder, "bench.json"), json);
  await writeFile(join(folder, "bench.html"), html(document));
  progress.note("wrote build/bench/bench.json and build/bench/bench.html");
  if (options.writeDocs) {
    const files = await writeDocumentation(workshop.checkout, document);
    progress.note(`wrote ${files.join(", ")}`);
  }
  console.log(options.json ? json : `\n${text(document)}`);
  if (before) console.log(`\n${comparisonText(before, document)}`);
  return 0;
});

/** The figures that are asked for: read or measured, with profiles and experiments where those are wanted. */
async function figures(
  workshop: Workshop,
  target: Target,
  options: BenchOptions,
): Promise<BenchDocument> {
  const { beds, experiments, from, module, profile, quick } = options;
  const runs = profile || experiments ? [] : beds.flatMap(quick ? quickRunsOf : runsOf);
  const document = from ? await read(from) : await measure(workshop, target, runs);
  const whole = !from && !profile && !experiments;
  const usual = whole && !quick && beds.includes("qemu") ? usualSubjects : undefined;
  const subjects = profile ?? usual;
  const profiled = subjects
    ? withProfiles(document, await profiles(workshop, target, subjects, module))
    : document;
  if (!whole && !experiments) return profiled;
  const tries = (quick ? quickExperimentRuns : experimentRuns)(beds);
  return withExperiments(profiled, await tryOut(workshop, target, tries));
}
