// SPDX-License-Identifier: BSD-3-Clause

import { size } from "@knem/figures";
import { type Cell, table } from "@knem/kernels";
import type { BenchDocument, CallCost, Method, Result } from "./document.js";
import { nameOf, ratio } from "./query.js";

/** A figure that is another one than before. */
export interface Change {
  readonly bed: string;
  readonly what: string;
  /** In instructions, in seconds, or as a ratio to what the same run had to compare with. */
  readonly kind: "instructions" | "µs" | "ratio";
  readonly before: number;
  readonly after: number;
  /** Above 1: better by so much; below 1: worse. */
  readonly better: number;
}

/** What is no more than chance: of speeds on a shared machine, and of instructions, which hardly vary. */
const chance = { ratio: 1.05, µs: 1.05, instructions: 1.005 } as const;

/** What speeds are compared with, so that two documents may be from two machines. */
const yardstick = (method: Method): Method =>
  method.startsWith("process_vm") || method === "memcpy"
    ? "memcpy"
    : method === "inline-write"
      ? "process_vm_writev"
      : "process_vm_readv";

/** What changed beyond chance, the largest change first. */
export function changes(before: BenchDocument, after: BenchDocument): Change[] {
  const results = pairs(before.results, after.results).flatMap(([old, now]) => [
    ...counted(old, now, copyName(now)),
    ...compared(before, after, now),
  ]);
  const calls = pairs(before.calls, after.calls).flatMap(([old, now]) => [
    ...counted(old, now, callName(now)),
    ...(now.bed === "uml" ? [timed(old, now)] : []),
  ]);
  return [...results, ...calls]
    .filter(({ kind, better }) => Math.max(better, 1 / better) > chance[kind])
    .sort((a, b) => Math.abs(Math.log(b.better)) - Math.abs(Math.log(a.better)));
}

/** How many figures both documents have. */
export function common(before: BenchDocument, after: BenchDocument): number {
  return pairs(before.results, after.results).length + pairs(before.calls, after.calls).length;
}

/** The changes for a terminal. */
export function comparisonText(before: BenchDocument, after: BenchDocument): string {
  const found = changes(before, after);
  const summary = `${common(before, after)} figures are in both, ${found.length} changed beyond chance.`;
  if (found.length === 0) return summary;
  const rows = found.map(({ bed, what, kind, before, after, better }): Cell[] => [
    bed,
    what,
    kind,
    shown(kind, before),
    shown(kind, after),
    better >= 1 ? `${better.toFixed(2)} better` : `${(1 / better).toFixed(2)} worse`,
  ]);
  return `${table(["bed", "what", "in", "before", "after", "times"], rows)}\n\n${summary}`;
}

function pairs<T extends Parameters<typeof nameOf>[0]>(
  before: readonly T[],
  after: readonly T[],
): [T, T][] {
  const known = new Map(before.map((one) => [nameOf(one), one]));
  return after.flatMap((now): [T, T][] => {
    const old = known.get(nameOf(now));
    return old ? [[old, now]] : [];
  });
}

type Counted = { readonly bed: string; readonly instructions: number | null };

function counted(old: Counted, now: Counted, what: string): Change[] {
  const [before, after] = [old.instructions, now.instructions];
  if (before === null || after === null) return [];
  const better = (before + 1) / (after + 1);
  return [{ bed: now.bed, what, kind: "instructions", before, after, better }];
}

function compared(before: BenchDocument, after: BenchDocument, copy: Result): Change[] {
  const against = { ...copy, method: yardstick(copy.method), readers: 1 };
  if (against.method === copy.method && copy.readers === 1) return [];
  const [old, now] = [before, after].map((document) => ratio(document, copy, against));
  if (old === undefined || now === undefined) return [];
  const what = `${copyName(copy)} : ${against.method}`;
  return [{ bed: copy.bed, what, kind: "ratio", before: old, after: now, better: now / old }];
}

function timed(old: CallCost, now: CallCost): Change {
  const [before, after] = [old.best * 1e6, now.best * 1e6];
  return { bed: now.bed, what: callName(now), kind: "µs", before, after, better: before / after };
}

function copyName({ method, bytes, pages, readers }: Result): string {
  const several = readers > 1 ? ` × ${readers}` : "";
  return `${method}${several}, ${size(bytes)}${pages === "huge" ? ", huge" : ""}`;
}

function callName({ call, bytes, pages }: CallCost): string {
  const memory = bytes > 0 ? `, ${size(bytes)}` : "";
  return `${call}${memory}${pages === "huge" ? ", huge" : ""}`;
}

const shown = (kind: Change["kind"], value: number) =>
  kind === "instructions" ? String(value) : value.toFixed(2);
