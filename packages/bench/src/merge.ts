// SPDX-License-Identifier: BSD-3-Clause
import type { BenchDocument } from "./document.js";
import { nameOf } from "./query.js";

type Figures = Pick<BenchDocument, "results" | "calls">;

/**
 * Figures of several runs as one list each. What two runs measured alike is one figure: with the instructions of the
 * one that counted and the speed of the one that did not; of two that are alike in that, the later one counts.
 */
export function merge(runs: readonly Figures[]): Figures {
  return {
    results: united(runs.flatMap(({ results }) => results)),
    calls: united(runs.flatMap(({ calls }) => calls)),
  };
}

function united<T extends Parameters<typeof nameOf>[0] & { instructions: number | null }>(
  figures: readonly T[],
): T[] {
  const known = new Map<string, T>();
  for (const one of figures) {
    const name = nameOf(one);
    const other = known.get(name);
    known.set(name, other ? both(other, one) : one);
  }
  return [...known.values()];
}

function both<T extends { instructions: number | null }>(earlier: T, later: T): T {
  if (later.instructions === null) return { ...later, instructions: earlier.instructions };
  if (earlier.instructions === null) return { ...earlier, instructions: later.instructions };
  return later;
}
