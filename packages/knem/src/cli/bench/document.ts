// SPDX-License-Identifier: BSD-3-Clause
import type { Run } from "./kinds.js";
import type { Call, Copies, Measured, Overlap } from "./program.js";

/** What `knem bench` measured, as schema/bench.json has it. */
export interface BenchDocument {
  readonly kind: string;
  readonly title: string;
  readonly kernel: string;
  /** The version of the command. */
  readonly version: string;
  readonly cpus: number;
  readonly copies: readonly (Copies & { readonly name: string })[];
  readonly calls: readonly Call[];
  readonly overlaps: readonly Overlap[];
}

/** The runs of a kind as one document. */
export function bring(
  head: Pick<BenchDocument, "kind" | "title" | "kernel" | "version">,
  all: readonly (readonly [Run, Measured])[],
): BenchDocument {
  const copies = all.flatMap(([run, { results }]) =>
    results.map(({ method, bytes, pages, readers, best, median, seconds }) => ({
      name: run.name ?? (readers === 1 ? method : `${method} × ${readers}`),
      ...{ method, bytes, pages, readers, best, median, seconds },
    })),
  );
  const calls = all.flatMap(([, measured]) =>
    measured.calls.map(({ call, bytes, pages, best, median, seconds }) => ({
      ...{ call, bytes, pages, best, median, seconds },
    })),
  );
  const overlaps = all.flatMap(([, measured]) =>
    measured.overlaps.map(({ bytes, pages, copy, compute, both, hidden }) => ({
      ...{ bytes, pages, copy, compute, both, hidden },
    })),
  );
  const cpus = Math.max(...all.map(([, measured]) => measured.cpus));
  return { ...head, cpus, copies, calls, overlaps };
}
