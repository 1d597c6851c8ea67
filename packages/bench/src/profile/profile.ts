// SPDX-License-Identifier: BSD-3-Clause
import { invalid, list, number, oneOf, record, string } from "../fields.js";
import { pageKinds } from "../kinds.js";
import type { FunctionCost } from "./fold.js";
import { owners } from "./owner.js";
import { profiled, type Subject } from "./subject.js";

/** Where the instructions of one call go, from the program's system call to its return. */
export interface Profile extends Subject {
  /** Instructions that the machine's own clock counted for the same call. */
  readonly counted: number;
  /** How often memory was taken from the heap. */
  readonly allocations: number;
  /** The most expensive first; together as many instructions as were counted. */
  readonly functions: readonly FunctionCost[];
}

/** The instructions of a call, all functions together. */
export const total = ({ functions }: Pick<Profile, "functions">): number =>
  functions.reduce((sum, { instructions }) => sum + instructions, 0);

/** Whether a profile is of as many instructions as were counted; one that is not says nothing. */
export const truthful = (one: Pick<Profile, "functions" | "counted">): boolean =>
  total(one) === one.counted;

/** Reads a profile. Errors: BENCH_DOCUMENT_INVALID, also where it is not of as many instructions as were counted. */
export function profile(value: unknown, at: string): Profile {
  const one = record(value, at);
  const found: Profile = {
    call: oneOf(profiled)(one["call"], `${at}.call`),
    bytes: number(one["bytes"], `${at}.bytes`),
    pages: oneOf(pageKinds)(one["pages"], `${at}.pages`),
    counted: number(one["counted"], `${at}.counted`),
    allocations: number(one["allocations"], `${at}.allocations`),
    functions: list(one["functions"], `${at}.functions`, functionCost),
  };
  if (truthful(found)) return found;
  throw invalid(`${at}.functions`, `of ${found.counted} instructions together`, total(found));
}

/** A profile as text, a function on each line. */
export function profileText({ functions, ...rest }: Profile): string {
  const head = JSON.stringify(rest).slice(0, -1);
  const lines = functions.map((one) => `\n${JSON.stringify(one)}`);
  return `\n${head},"functions":[${lines.join(",")}]}`;
}

function functionCost(value: unknown, at: string): FunctionCost {
  const one = record(value, at);
  return {
    name: string(one["name"], `${at}.name`),
    owner: oneOf(owners)(one["owner"], `${at}.owner`),
    calls: number(one["calls"], `${at}.calls`),
    instructions: number(one["instructions"], `${at}.instructions`),
  };
}
