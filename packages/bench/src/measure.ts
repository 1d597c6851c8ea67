// SPDX-License-Identifier: BSD-3-Clause
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { baseImage, boot, bootUml, type GuestVerdict } from "@knem/guest";
import { KnemError, type Target, together, type Workshop } from "@knem/kernels";
import { type Bed, type BenchDocument, parseRun } from "./document.js";
import { merge } from "./merge.js";
import type { Run } from "./runs.js";

/** Where a guest has knem-bench. */
export const BIN = "/opt/knem/bin/knem-bench";
const MARK = "-- knem --";

/**
 * Runs the benchmarks in their beds and brings their figures together.
 * Errors: BENCH_FAILED with what knem-bench said; BENCH_DOCUMENT_INVALID; those of building and booting.
 */
export async function measure(
  workshop: Workshop,
  target: Target,
  runs: readonly Run[],
): Promise<BenchDocument> {
  const kernels: Partial<Record<Bed, string>> = {};
  const measured: ReturnType<typeof parseRun>[] = [];
  for (const run of runs) {
    const bed = await bedOf(workshop, target, run.bed);
    kernels[run.bed] = bed.release;
    const kind = run.counted ? "counting instructions" : "measuring";
    const verdict = await workshop.progress.step(`${kind} on ${bed.release}`, () => bed.run(run));
    measured.push(...outputs(verdict).map(parseRun));
  }
  return { format: 1, kernels, ...merge(measured), profiles: [], experiments: [] };
}

/** A kernel that runs can be carried out on. */
export interface Place {
  readonly release: string;
  readonly run: (run: Run) => Promise<GuestVerdict>;
}

/** A bed, made ready. */
export function bedOf(workshop: Workshop, target: Target, bed: Bed): Promise<Place> {
  return bed === "uml" ? umlBed(workshop, target) : qemuBed(workshop, target);
}

async function qemuBed(workshop: Workshop, target: Target): Promise<Place> {
  const [kernel, common] = await together([workshop.kernelFiles(target), parts(workshop, target)]);
  const { ko } = await workshop.module(target);
  const pins = await pinsModule(workshop, target);
  const { base, files } = common;
  const run = ({ counted, timeLimit, lines }: Run) =>
    boot({
      kernel,
      base,
      modules: [{ file: ko }, { file: pins }],
      files,
      memory: 2048,
      counted,
      timeLimit,
      command: script(lines),
    });
  return { release: kernel.release, run };
}

/** A module that pins memory and does nothing else, to tell what is beyond that. */
async function pinsModule(workshop: Workshop, target: Target): Promise<string> {
  const folder = fileURLToPath(new URL("../module", import.meta.url));
  const [grafted, builder] = await together([
    workshop.grafted(target),
    workshop.builder(target, folder, "pins"),
  ]);
  return (await builder.build(grafted)).ko;
}

async function umlBed(workshop: Workshop, target: Target): Promise<Place> {
  const [uml, common] = await together([workshop.variant(target, "uml"), parts(workshop, target)]);
  const { ko } = await workshop.variantModule(target, "uml");
  const { base, sandbox, files } = common;
  // The last CPU: the first one has most of the machine's interrupts.
  const cpu = availableParallelism() - 1;
  const run = ({ timeLimit, lines }: Run) =>
    bootUml({
      program: uml.files.vmlinuz,
      sandbox,
      busybox: base.busybox,
      modules: [{ file: ko }],
      files,
      memory: 2048,
      timeLimit,
      cpu,
      command: script(lines),
    });
  return { release: uml.kernel.release, run };
}

/** What both beds have: a base, and knem-bench. */
export async function parts(workshop: Workshop, target: Target) {
  const [sandbox, { folder }] = await together([
    workshop.sandbox(),
    workshop.programs({ crate: "knem-bench" }),
  ]);
  const base = await baseImage(workshop.cache, sandbox, target.arch);
  const files = [{ to: BIN, from: join(folder, "knem-bench") }];
  return { base, sandbox, files };
}

/** The shell's command for a run: documents, each ended by a mark. */
function script(lines: Run["lines"]): string[] {
  const steps = lines.map((line) => `${BIN} --json ${line.join(" ")} && echo '${MARK}'`);
  return ["sh", "-c", steps.join(" && ")];
}

/** What knem-bench printed for each line. Errors: BENCH_FAILED. */
export function outputs({ status, output }: GuestVerdict): string[] {
  const documents = output.split(`${MARK}\n`);
  const rest = documents.pop();
  if (status === 0 && rest === "") return documents;
  throw new KnemError({
    code: "BENCH_FAILED",
    what: "the benchmarks did not come to their end",
    why: `knem-bench ended with status ${status}\n${rest?.trim()}`,
    remedy: "run npm test, whose conformance programs look closer",
  });
}
