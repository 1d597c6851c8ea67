// SPDX-License-Identifier: BSD-3-Clause

import { size } from "@knem/figures";
import { methods, type Pages } from "../kinds.js";

/** What knem-bench can have recorded: calls about a region or none, and copies that one process carries out alone. */
export const profiled = [
  "get-info",
  "create",
  "destroy",
  "create-destroy",
  ...methods.filter((method) => method !== "shm-double-copy"),
] as const;
export type Profiled = (typeof profiled)[number];

/** A call and its memory. */
export interface Subject {
  readonly call: Profiled;
  /** 0 for a call about none. */
  readonly bytes: number;
  readonly pages: Pages;
}

const units: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20 };

/** Those that goals are set for, and for comparison the same of others. */
export const usualSubjects: readonly Subject[] = [
  "get-info",
  "create-destroy:4KiB",
  "create:1MiB",
  "create-destroy:2MiB:huge",
  "inline-copy:8",
  "process_vm_readv:8",
  ...["inline-copy", "process_vm_readv"].flatMap((copy) => [
    ...[`${copy}:64KiB`, `${copy}:1MiB`, `${copy}:64KiB:huge`, `${copy}:1MiB:huge`],
  ]),
  ...["inline-write:64KiB", "region-copy:64KiB", "vector-copy:64KiB"],
].flatMap((text) => parseSubject(text) ?? []);

/** Reads `get-info`, or another call with `:SIZE` and perhaps `:huge` after it; undefined for anything else. */
export function parseSubject(text: string): Subject | undefined {
  const [, name, digits, unit = "", huge] =
    /^([a-z_-]+)(?::([1-9]\d*)(KiB|MiB)?(:huge)?)?$/.exec(text) ?? [];
  const call = profiled.find((one) => one === name);
  if (!call || (call === "get-info") !== (digits === undefined)) return undefined;
  const bytes = Number(digits ?? 0) * (units[unit] ?? 0);
  return { call, bytes, pages: huge ? "huge" : "small" };
}

/** As knem-bench reads it. */
export function subjectText({ call, bytes, pages }: Subject): string {
  return `${call}${bytes > 0 ? `:${bytes}` : ""}${pages === "huge" ? ":huge" : ""}`;
}

/** For people: `create, 1 MiB`. */
export function subjectName({ call, bytes, pages }: Subject): string {
  return `${call}${bytes > 0 ? `, ${size(bytes)}` : ""}${pages === "huge" ? ", huge" : ""}`;
}
