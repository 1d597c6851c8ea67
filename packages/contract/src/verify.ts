// SPDX-License-Identifier: BSD-3-Clause
import type { Proof } from "./proof.js";
import type { Contract } from "./rule.js";

/** What a program said in a run. */
export interface Reported {
  readonly name: string;
  /** The rules that it named before a test that passed. */
  readonly proven: readonly string[];
}

/** Where the programs lie that run in a guest. */
const programs = /^crates\/knem-check\/src\/bin\/([^/]+)\.rs$/;

/** What is wrong between rules and proofs; nothing if every rule has a proof and every proof a rule. */
export function problems({ rules }: Contract, proofs: readonly Proof[]): string[] {
  const proven = new Set(proofs.map(({ id }) => id));
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  const bare = rules.filter(({ id, unreachable }) => !unreachable && !proven.has(id));
  const unknown = proofs.filter(({ id }) => !known.has(id));
  const reached = proofs.filter(({ id }) => known.get(id)?.unreachable);
  return [
    ...bare.map(({ id }) => `${id}: no test proves it`),
    ...unknown.map(({ id, file }) => `${id}: ${file} proves it, but there is no such rule`),
    ...reached.map(({ id, file }) => `${id}: ${file} proves it, though it is called unreachable`),
  ];
}

/** The proofs that should have come from programs of a guest and did not. */
export function unreported(proofs: readonly Proof[], reports: readonly Reported[]): string[] {
  const said = new Set(reports.flatMap(({ name, proven }) => proven.map((id) => `${name} ${id}`)));
  return proofs.flatMap(({ id, file }) => {
    const program = programs.exec(file)?.[1];
    return program && !said.has(`${program} ${id}`) ? [`${id}: ${program} did not prove it`] : [];
  });
}
