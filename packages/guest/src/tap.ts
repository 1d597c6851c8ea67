// SPDX-License-Identifier: BSD-3-Clause

/** A test that failed, or a program whose account of its tests does not add up. */
export interface TapFailure {
  readonly program: string;
  /** The test's name; of a program as a whole, its own name. */
  readonly name: string;
  /** What the program said below the test, or what is wrong with the program. */
  readonly detail: string;
}

/** One program's part of a TAP output. */
export interface TapProgram {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What it said to prove, by `# proves <name>` lines before a test that passed. */
  readonly proven: readonly string[];
}

export interface TapReport {
  readonly passed: number;
  readonly failed: number;
  /** Tests that could not be run; counted neither as passed nor as failed. */
  readonly skipped: number;
  readonly programs: readonly TapProgram[];
  readonly failures: readonly TapFailure[];
}

interface Stream {
  readonly name: string;
  readonly tests: { name: string; verdict: "ok" | "not ok" | "skip"; detail: string[] }[];
  /** What the next test is to prove. */
  claims: string[];
  readonly proven: Set<string>;
  plan?: number;
  /** The plan said so: `1..0 # SKIP`. */
  skipped: boolean;
  bailed?: string;
  ended?: string;
}

/**
 * Reads the TAP of several programs, one after the other: each begins with `# <program>` before `TAP version 13`, and
 * may be followed by `# exit <status>` of whoever ran it. A failure each: a test that is not ok, a plan that is
 * missing or differs from what was run, `Bail out!`, an exit status that is not 0 though no test failed, an exit by a
 * signal (128 + its number), and an output without any program.
 */
export function parseTap(output: string): TapReport {
  const streams = streamsOf(output.split(/\r?\n/));
  const programs = streams.map(summary);
  const failures = streams.length > 0 ? streams.flatMap(failuresOf) : [nothing(output)];
  const sum = (key: "passed" | "skipped") =>
    programs.reduce((total, program) => total + program[key], 0);
  return {
    passed: sum("passed"),
    failed: failures.length,
    skipped: sum("skipped"),
    programs,
    failures,
  };
}

function nothing(output: string): TapFailure {
  const detail = `no program reported anything\n${output.slice(-2000)}`.trimEnd();
  return { program: "", name: "TAP", detail };
}

function streamsOf(lines: readonly string[]): Stream[] {
  const streams: Stream[] = [];
  let announced = "";
  for (const line of lines) {
    const current = streams.at(-1);
    if (/^TAP version \d+/.test(line)) {
      if (current && announced) current.tests.at(-1)?.detail.pop(); // The announcement is no detail of a test.
      streams.push({
        name: announced || `program ${streams.length + 1}`,
        tests: [],
        claims: [],
        proven: new Set(),
        skipped: false,
      });
      announced = "";
    } else if (current && read(current, line)) {
      announced = "";
    } else {
      announced = /^# (\S.*)$/.exec(line)?.[1] ?? announced;
    }
  }
  return streams;
}

/** Reads one line into its stream; false if it may announce the next program. */
function read(stream: Stream, line: string): boolean {
  const test = /^(not ok|ok)\b\s*\d*\s*(?:- )?(.*?)(?:\s+# (SKIP|TODO)\b.*)?$/i.exec(line);
  const plan = /^1\.\.(\d+)/.exec(line);
  const exit = /^# exit (\d+)/.exec(line);
  const bail = /^Bail out!\s*(.*)$/.exec(line);
  const claim = /^# proves (\S+)$/.exec(line);
  if (test) {
    const skipped = test[3] !== undefined && test[1] === "ok";
    const verdict = skipped ? "skip" : test[1] === "ok" ? "ok" : "not ok";
    stream.tests.push({ name: test[2] || `test ${stream.tests.length + 1}`, verdict, detail: [] });
    for (const name of stream.claims.splice(0)) if (verdict === "ok") stream.proven.add(name);
  } else if (plan) {
    stream.plan = Number(plan[1]);
    stream.skipped = stream.plan === 0 && /# SKIP\b/i.test(line);
  } else if (exit) stream.ended = exit[1] ?? "";
  else if (bail) stream.bailed = bail[1] || "no reason given";
  else if (claim) stream.claims.push(claim[1] ?? "");
  else {
    stream.tests.at(-1)?.detail.push(line);
    return false;
  }
  return true;
}

function summary(stream: Stream): TapProgram {
  const count = (verdict: string) => stream.tests.filter((test) => test.verdict === verdict).length;
  return {
    name: stream.name,
    passed: count("ok"),
    failed: failuresOf(stream).length,
    skipped: count("skip") + (stream.skipped ? 1 : 0),
    proven: [...stream.proven],
  };
}

function failuresOf(stream: Stream): TapFailure[] {
  const program = stream.name;
  const failed = stream.tests.filter((test) => test.verdict === "not ok");
  const failures = failed.map(({ name, detail }) => ({
    program,
    name,
    detail: detail.join("\n").trim(),
  }));
  const wrong = wrongWith(stream, failed.length);
  return wrong ? [...failures, { program, name: program, detail: wrong }] : failures;
}

/** What is wrong with a program as a whole, beyond the tests that failed. */
function wrongWith(stream: Stream, failed: number): string | undefined {
  const { plan, ended, bailed, tests } = stream;
  const status = Number(ended ?? 0);
  if (bailed !== undefined) return `it gave up: ${bailed}`;
  if (status > 128) return `it was ended by signal ${status - 128}`;
  if (plan === undefined) return `it ended without a plan, after ${tests.length} tests`;
  if (plan !== tests.length) return `it planned ${plan} tests and ran ${tests.length}`;
  if (status !== 0 && failed === 0) return `it ended with status ${status} though no test failed`;
  return undefined;
}
