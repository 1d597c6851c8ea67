// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { attemptsOf, carries, type StackName, type SystemName, stacks } from "../../src/index.js";
import { expectCarried, expectNotCarried, expectSurvived, expectValid } from "./expected.js";
import { page, type Seen } from "./whole.js";

/** The tests of what every stack does; what was seen is asked for when they run. */
export function behaves(name: StackName, seen: () => Seen): void {
  it("moves every byte through KNEM, on 2 ranks and on 4, as a member of the group", () => {
    for (const ranks of ["2 ranks", "4 ranks"]) {
      const trial = seen().of(`${name}: ${ranks}`);
      expectValid(trial);
      expectCarried(trial, 32 << 20);
    }
  });

  it("carries NetPIPE, which finds no wrong byte", () => {
    const trial = seen().of(`${name}: NetPIPE`);
    expect(trial).toMatchObject({ status: 0 });
    expect(trial.output).toMatch(/1048577 bytes .* Integrity check passed/);
    expect(trial.output).not.toContain("Integrity check failed");
    expectCarried(trial, 8 << 20);
  });

  // Debian has it for Open MPI alone.
  if (stacks[name].programs === "openmpi") {
    it("carries HPC Challenge, whose residuals are small", () => {
      const trial = seen().of(`${name}: hpcc`);
      expect(trial.output).toContain("PASSED");
      expect(trial.output).not.toMatch(/FAILED|Success=0/);
      expectCarried(trial, 1 << 20);
    });
  }

  it("does without KNEM for who may not use the device", () => {
    const trial = seen().of(`${name}: outside`);
    expectValid(trial);
    expectNotCarried(trial);
  });

  it("does without KNEM where there is no module", () => {
    const trial = seen().of(`${name}: without the module`);
    expectValid(trial);
    expect(trial).toMatchObject({ before: null, after: null });
  });

  it("leaves nothing behind when a rank is killed, and the other alive", () => {
    expectSurvived(seen().of(`${name}: kill`));
  });
}

/** The tests of the page's commands that a system runs. */
export function pageHolds(system: SystemName, seen: () => Seen): void {
  describe("the page about MPI libraries", () => {
    const attempts = attemptsOf(page, system);
    it.each(attempts)("$block.text", ({ block, attempt }) => {
      const trial = seen().of(attempt.name);
      expect(trial).toMatchObject({ status: 0 });
      expect(trial.output).not.toBe("");
      if (!carries(block)) return;
      expectValid(trial);
      expectCarried(trial, 8 << 20);
    });
  });
}
