// SPDX-License-Identifier: BSD-3-Clause
import { baseImage, boot, softwareDma } from "@knem/guest";
import { KnemError, type Target, table, together, type Workshop } from "@knem/kernels";

/** A copy, and what it took of its caller's processor. */
export interface Overlap {
  readonly by: "cpu" | "dma";
  readonly bytes: number;
  /** Seconds from the start of the copy to its end. */
  readonly wall: number;
  /** Seconds that the caller's own thread ran meanwhile. */
  readonly own: number;
}

const BIN = "/opt/knem/bin/knem-bench";

/** Microseconds that each MiB takes the engine beyond its copying: it has no hardware but the guest's processors. */
const delay = 2000;

/**
 * Copies 64 MiB by the processor and by a DMA engine made of software, on the first kernel with DMA engines.
 * Errors: BENCH_FAILED with what knem-bench said; those of building and booting.
 */
export async function measureOverlap(
  workshop: Workshop,
  targets: readonly Target[],
): Promise<Overlap[]> {
  const target = targets.find(({ flavour }) => flavour === "amd64");
  if (!target) throw new Error("the table of targets has no kernel with DMA engines");
  const [kernel, module, engine, programs, base] = await together([
    workshop.kernelFiles(target),
    workshop.module(target),
    softwareDma(workshop, target),
    workshop.programs({ crate: "knem-bench" }),
    workshop.sandbox().then((sandbox) => baseImage(workshop.cache, sandbox, target.arch)),
  ]);
  const { status, output } = await boot({
    kernel,
    base,
    modules: [{ file: engine.ko, parameters: [`delay=${delay}`] }, { file: module.ko }],
    files: [{ to: BIN, from: `${programs.folder}/knem-bench` }],
    command: [BIN, "--overlap", "--json"],
  });
  if (status !== 0) throw failed(output);
  return JSON.parse(output).overlap;
}

/** The figures for a terminal. */
export function overlapText(all: readonly Overlap[]): string {
  const ms = (seconds: number) => `${(seconds * 1e3).toFixed(1)} ms`;
  const rows = all.map(({ by, bytes, wall, own }) => [
    `${bytes / 2 ** 20} MiB by ${by === "cpu" ? "the processor" : "DMA"}`,
    ms(wall),
    ms(own),
    `${(100 * Math.max(0, 1 - own / wall)).toFixed(0)} %`,
  ]);
  return table(["copy", "takes", "of the caller's processor", "left to it"], rows);
}

function failed(output: string): KnemError {
  return new KnemError({
    code: "BENCH_FAILED",
    what: "the benchmark did not come to its end",
    why: output.trim(),
    remedy: "run npm test, whose conformance programs look closer",
  });
}
