// SPDX-License-Identifier: BSD-3-Clause
import type { BenchDocument, Method, Pages } from "../document.js";
import type { FunctionCost } from "./fold.js";
import { type Owner, owners } from "./owner.js";
import type { Profile } from "./profile.js";
import type { Subject } from "./subject.js";

/** The profile of a call, if the document has one. */
export function profileOf(
  { profiles }: Pick<BenchDocument, "profiles">,
  { call, bytes, pages }: Subject,
): Profile | undefined {
  return profiles.find((one) => one.call === call && one.bytes === bytes && one.pages === pages);
}

/** Instructions by whose they are. */
export function byOwner(functions: readonly FunctionCost[]): Record<Owner, number> {
  const sums = Object.fromEntries(owners.map((owner) => [owner, 0])) as Record<Owner, number>;
  for (const { owner, instructions } of functions) sums[owner] += instructions;
  return sums;
}

/** Between which sizes it is seen what a page costs, as in `perPage`. */
const [small, large] = [1 << 16, 1 << 20] as const;

/**
 * What every 4 KiB of a copy costs beyond the copying itself, which is one instruction for every 8 bytes: the
 * difference between 1 MiB and 64 KiB, by function.
 */
export function pageCosts(
  document: Pick<BenchDocument, "profiles">,
  call: Exclude<Method, "shm-double-copy">,
  pages: Pages,
): FunctionCost[] | undefined {
  const [least, most] = [small, large].map((bytes) => profileOf(document, { call, bytes, pages }));
  if (!least || !most) return undefined;
  const count = (large - small) / 4096;
  const costs = new Map<string, { -readonly [K in keyof FunctionCost]: FunctionCost[K] }>();
  const add = (one: FunctionCost, share: number) => {
    const name = `${one.owner} ${one.name}`;
    const { calls = 0, instructions = 0 } = costs.get(name) ?? {};
    costs.set(name, {
      ...one,
      calls: calls + one.calls * share,
      instructions: instructions + one.instructions * share,
    });
  };
  for (const one of most.functions) add(one, 1 / count);
  for (const one of least.functions) add(one, -1 / count);
  const sorted = [...costs.values()].sort((a, b) => b.instructions - a.instructions);
  const copying = sorted.find(({ owner }) => owner === "copying");
  if (copying) copying.instructions -= 4096 / 8;
  return sorted
    .filter(({ instructions }) => Math.abs(instructions) >= 0.01)
    .sort((a, b) => b.instructions - a.instructions);
}

/** The most allocations of a synchronous copy of at most eight segments, if such were looked at. */
export function allocationsOfCopies({
  profiles,
}: Pick<BenchDocument, "profiles">): number | undefined {
  const copies = ["inline-copy", "inline-write", "region-copy", "vector-copy"] as const;
  const seen = copies.map((copy) => profiles.filter(({ call }) => call === copy));
  if (seen.some(({ length }) => length === 0)) return undefined;
  return Math.max(...seen.flat().map(({ allocations }) => allocations));
}
