// SPDX-License-Identifier: BSD-3-Clause
import { expect, test } from "vitest";
import { KnemError } from "../src/errors.js";
import { Progress } from "../src/progress.js";
import { check, chosenTiers, runTiers, tierTable, verdict } from "../src/tier.js";
import { countReport } from "../src/vitest.js";

const quiet = () => {
  const lines: string[] = [];
  return { lines, progress: new Progress({ write: (text: string) => lines.push(text) > 0 }) };
};

test("all tiers run, whatever fails, and the sums are told", async () => {
  const { lines, progress } = quiet();
  const broken = new KnemError({ code: "X", what: "it broke", why: "so", remedy: "mend" });
  const results = await runTiers(
    [
      check("lint", () => Promise.reject(broken)),
      { name: "unit", run: async () => ({ passed: 40, failed: 2, failures: "two of them" }) },
      check("build", async () => {}),
    ],
    progress,
  );
  expect(results.map(({ passed, failed }) => [passed, failed])).toEqual([
    [0, 1],
    [40, 2],
    [1, 0],
  ]);
  expect(verdict(results)).toBe("41 passed, 3 failed");
  expect(lines.join("")).toMatch(/error: it broke \[X\][\s\S]*two of them/);
  expect(tierTable(results)).toMatch(/^unit +40 +2 +0\.0$/m);
});

test("tiers of a list run at once, and are told in their order", async () => {
  const { progress } = quiet();
  let arrived = () => {};
  const met = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const results = await runTiers(
    [
      [check("first", () => met), check("second", async () => arrived())],
      check("last", async () => {}),
    ],
    progress,
  );
  expect(results.map(({ name }) => name)).toEqual(["first", "second", "last"]);
  expect(verdict(results)).toBe("3 passed, 0 failed");
});

test("tiers are chosen by the beginnings of their names, those of a list too", () => {
  const tier = (name: string) => check(name, async () => {});
  const [rust, guest, packages] = [tier("Rust"), tier("guest"), tier("packages")];
  const all = [rust, [guest, packages]];
  expect(chosenTiers(all, [])).toEqual(all);
  expect(chosenTiers(all, ["pack"])).toEqual([[packages]]);
  expect(chosenTiers(all, ["guest", "Rust"])).toEqual([[rust], [guest]]);
  expect(() => chosenTiers(all, ["rust"])).toThrow(/there are: Rust; guest; packages/);
});

const passed = { fullName: "a", status: "passed", failureMessages: [] };
const suite = { name: "/top/x.test.ts", status: "passed", message: "", assertionResults: [passed] };
const report = { success: true, numPassedTests: 1, numFailedTests: 0, testResults: [suite] };

test("a report without failures", () => {
  expect(countReport(report, "/top")).toEqual({ passed: 1, failed: 0 });
});

test("a failed test is told with its file", () => {
  const bad = { fullName: "b", status: "failed", failureMessages: ["expected 1"] };
  const failing = { ...suite, status: "failed", assertionResults: [passed, bad] };
  const count = countReport(
    { ...report, success: false, numFailedTests: 1, testResults: [failing] },
    "/top",
  );
  expect(count).toEqual({ passed: 1, failed: 1, failures: "x.test.ts > b\nexpected 1" });
});

test("a file that cannot be loaded is a failure", () => {
  const unloaded = { ...suite, status: "failed", message: "SyntaxError", assertionResults: [] };
  const count = countReport({ ...report, success: false, testResults: [suite, unloaded] }, "/top");
  expect(count).toMatchObject({ passed: 1, failed: 1, failures: "x.test.ts\nSyntaxError" });
});

test("a run without any test has not passed", () => {
  expect(countReport({ ...report, numPassedTests: 0, testResults: [] }, "/top").failed).toBe(1);
});

test("a run that failed outside of its tests has not passed", () => {
  expect(countReport({ ...report, success: false }, "/top").failed).toBe(1);
});
