// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { Target, Workshop } from "@knem/kernels";
import type { BenchDocument } from "../document.js";
import { sameKernels } from "../kernels.js";
import type { Bed } from "../kinds.js";
import { BIN, bedOf, outputs } from "../measure.js";
import { type Experiment, parseExperiments } from "./experiment.js";
import type { ExperimentRun } from "./runs.js";

/** What was tried, and on which kernels. */
export interface Tried {
  readonly kernels: Readonly<Partial<Record<Bed, string>>>;
  readonly experiments: readonly Experiment[];
}

/**
 * Carries out experiments, on this machine and in beds.
 * Errors: BENCH_FAILED with what knem-bench said; BENCH_DOCUMENT_INVALID; those of building and booting.
 */
export async function tryOut(
  workshop: Workshop,
  target: Target,
  runs: readonly ExperimentRun[],
): Promise<Tried> {
  const kernels: Partial<Record<Bed, string>> = {};
  const experiments: Experiment[] = [];
  for (const { bed, ...run } of runs) {
    if (bed === "host") {
      experiments.push(...(await onHost(workshop, run.lines)));
      continue;
    }
    const place = await bedOf(workshop, target, bed);
    kernels[bed] = place.release;
    const kind = run.counted ? "counting experiments" : "experiments";
    const name = `${kind} on ${place.release}`;
    const verdict = await workshop.progress.step(name, () => place.run({ bed, ...run }));
    experiments.push(...outputs(verdict).flatMap(parseExperiments));
  }
  return { kernels, experiments };
}

/** As programs of this machine, with the libraries that guests have. */
async function onHost(workshop: Workshop, lines: ExperimentRun["lines"]): Promise<Experiment[]> {
  const sandbox = await workshop.sandbox();
  const { folder } = await workshop.programs({ crate: "knem-bench" });
  const binds = [{ from: join(folder, "knem-bench"), to: BIN }];
  const found: Experiment[] = [];
  for (const line of lines) {
    const argv = [BIN, "--json", ...line];
    const { stdout } = await workshop.progress.step("experiments on this machine", () =>
      sandbox.must("the experiments did not come to their end", argv, { binds }),
    );
    found.push(...parseExperiments(stdout));
  }
  return found;
}

/** A document with experiments in place of its own. Errors: BENCH_KERNELS_DIFFER. */
export function withExperiments(document: BenchDocument, tried: Tried): BenchDocument {
  sameKernels(document.kernels, tried.kernels, "experiments");
  const kernels = { ...document.kernels, ...tried.kernels };
  return { ...document, kernels, experiments: tried.experiments };
}
