// SPDX-License-Identifier: BSD-3-Clause
import { parseTap } from "@knem/guest";
import { expect } from "vitest";
import { carried, left, type Trial } from "../../src/index.js";

/** The checks of the program that validates. */
const CHECKS = 6;

/** Every byte arrived. */
export function expectValid(trial: Trial): void {
  expect(trial).toMatchObject({ status: 0 });
  const { passed, failures } = parseTap(trial.output);
  expect({ passed, failures }).toEqual({ passed: CHECKS, failures: [] });
}

/** KNEM carried at least so many bytes, without a refusal, and nothing is left of it. */
export function expectCarried(trial: Trial, bytes: number): void {
  const seen = carried(trial);
  expect(seen.failed).toBe(0);
  expect(seen.created).toBeGreaterThan(0);
  expect(seen.copies).toBeGreaterThan(0);
  expect(seen.bytes).toBeGreaterThanOrEqual(bytes);
  expectNothingLeft(trial);
}

/** No copy went through KNEM. */
export function expectNotCarried(trial: Trial): void {
  expect(carried(trial)).toMatchObject({ copies: 0, bytes: 0 });
  expectNothingLeft(trial);
}

export function expectNothingLeft(trial: Trial): void {
  expect(left(trial)).toEqual({ contexts: 0, regions: 0, pinnedBytes: 0 });
}

/** One of two ranks was killed while KNEM carried data; the other lived on, and nothing is left. */
export function expectSurvived(trial: Trial): void {
  expect(trial).toMatchObject({ status: 0 });
  const { both, one, beats } = trial.killing ?? { both: null, one: null, beats: 0 };
  expect(carried({ ...trial, after: both }).copies).toBeGreaterThan(0);
  expect(one?.contexts).toBeGreaterThan(0);
  expect(one?.contexts).toBeLessThan(both?.contexts ?? 0);
  expect(beats).toBeGreaterThan(4);
  expectNothingLeft(trial);
}
