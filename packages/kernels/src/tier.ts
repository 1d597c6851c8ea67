// SPDX-License-Identifier: BSD-3-Clause
import { KnemError, render } from "./errors.js";
import { interrupt } from "./interrupt.js";
import type { Progress } from "./progress.js";
import { table } from "./table.js";

/** How many checks passed and failed, and what there is to say about those that failed. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly failures?: string;
}

/** A part of the tests. */
export interface Tier {
  readonly name: string;
  /** Runs it; an error that it throws counts as one failure. */
  readonly run: () => Promise<Count>;
}

/** A tier that has run. */
export interface TierResult extends Count {
  readonly name: string;
  readonly seconds: number;
}

/** A tier that either passes or throws, and counts as one check. */
export function check(name: string, work: () => Promise<unknown>): Tier {
  return {
    name,
    run: async () => {
      await work();
      return { passed: 1, failed: 0 };
    },
  };
}

/** Tiers that run at once, because each by itself leaves the machine idle for much of its time. */
export type Abreast = readonly Tier[];

/**
 * The tiers whose names begin with one of `beginnings`; all of them if there is none.
 * Errors: `NO_SUCH_TIER` if one of them begins no name.
 */
export function chosenTiers(
  tiers: readonly (Tier | Abreast)[],
  beginnings: readonly string[],
): (Tier | Abreast)[] {
  const groups = tiers.map((next) => ("run" in next ? [next] : next));
  const names = groups.flat().map(({ name }) => name);
  const unknown = beginnings.find((one) => !names.some((name) => name.startsWith(one)));
  if (unknown !== undefined)
    throw new KnemError({
      code: "NO_SUCH_TIER",
      what: `no tier of the tests is called ${unknown}`,
      why: `there are: ${names.join("; ")}`,
      remedy: "give the beginning of one of these names, or nothing to run all of them",
    });
  if (beginnings.length === 0) return [...tiers];
  const chosen = ({ name }: Tier) => beginnings.some((one) => name.startsWith(one));
  return groups.map((group) => group.filter(chosen)).filter(({ length }) => length > 0);
}

/**
 * Runs tiers in order, those of a list at once, and all of them whatever fails; what failed is shown at once.
 * Errors: the interrupt's.
 */
export async function runTiers(
  tiers: readonly (Tier | Abreast)[],
  progress: Progress,
): Promise<TierResult[]> {
  const results: TierResult[] = [];
  for (const next of tiers) {
    const abreast = "run" in next ? [next] : next;
    const runs = abreast.map((tier) => runTier(tier, progress));
    // None may go on when another was interrupted.
    const ended = await Promise.allSettled(runs);
    for (const one of ended) {
      if (one.status === "rejected") throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}

async function runTier({ name, run }: Tier, progress: Progress): Promise<TierResult> {
  const begin = Date.now();
  const count = await progress.step(name, () => counted(run));
  if (count.failed > 0) progress.note(`${name}: ${count.failed} failed\n${count.failures ?? ""}`);
  return { name, ...count, seconds: (Date.now() - begin) / 1000 };
}

/** A line for each tier. */
export function tierTable(results: readonly TierResult[]): string {
  const rows = results.map(({ name, passed, failed, seconds }) => [
    name,
    passed,
    failed,
    seconds.toFixed(1),
  ]);
  return table(["tier", "passed", "failed", "seconds"], rows);
}

/** The last line of a test run: `N passed, N failed`. */
export function verdict(results: readonly Count[]): string {
  const sum = (key: "passed" | "failed") => results.reduce((total, one) => total + one[key], 0);
  return `${sum("passed")} passed, ${sum("failed")} failed`;
}

async function counted(run: () => Promise<Count>): Promise<Count> {
  try {
    return await run();
  } catch (error) {
    if (interrupt.aborted) throw error;
    return { passed: 0, failed: 1, failures: render(error) };
  }
}
