// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Cache } from "./cache.js";
import { run, tail } from "./command.js";
import { KnemError } from "./errors.js";
import type { Count } from "./tier.js";

/** The parts of vitest's JSON report that are read. */
interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly Suite[];
}

interface Suite {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly assertionResults: readonly Assertion[];
}

interface Assertion {
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

/**
 * Runs a vitest project of a checkout, or those of its files whose paths hold one of `files`.
 * Errors: VITEST_FAILED, if there is no report to read.
 */
export async function vitest(
  cache: Cache,
  checkout: string,
  project: string,
  files: readonly string[] = [],
): Promise<Count> {
  return cache.temporary("vitest", async (work) => {
    const file = join(work, "report.json");
    const program = join(checkout, "node_modules/vitest/vitest.mjs");
    const report = ["--reporter=json", `--outputFile=${file}`];
    const args = [program, "run", "--project", project, ...report, ...files];
    const { output } = await run(process.execPath, args, { cwd: checkout });
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) throw noReport(project, output);
    return countReport(JSON.parse(text), checkout);
  });
}

/** A report's counts; a file that could not be loaded is a failure though no test of it ran, as is a report without tests. */
export function countReport(report: Report, checkout: string): Count {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && assertionResults.every((one) => one.status !== "failed"),
  );
  const failures = report.testResults.flatMap((suite) => {
    const file = relative(checkout, suite.name);
    const tests = suite.assertionResults.filter(({ status }) => status === "failed");
    const lines = tests.map(
      (one) => `${file} > ${one.fullName}\n${one.failureMessages.join("\n")}`,
    );
    return broken.includes(suite) ? [...lines, `${file}\n${suite.message}`] : lines;
  });
  const failed = report.numFailedTests + broken.length;
  const hollow = failed === 0 && (!report.success || report.numPassedTests === 0);
  if (hollow) failures.push("vitest ran no test, or ended with an error outside of any");
  return {
    passed: report.numPassedTests,
    failed: hollow ? 1 : failed,
    ...(failures.length > 0 && { failures: failures.join("\n\n") }),
  };
}

function noReport(project: string, output: string): KnemError {
  return new KnemError({
    code: "VITEST_FAILED",
    what: `the vitest project ${project} could not be run`,
    why: tail(output).trimStart() || "it left no report",
    remedy: "read the output above",
  });
}
