// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { parseTap } from "../src/tap.js";

const good = `# create_region
TAP version 13
1..3
ok 1 - a region is declared
ok 2 - a region of no bytes # SKIP not on this kernel
ok 3 - a region of many segments
`;

describe("parseTap", () => {
  it("counts the tests of several programs", () => {
    const report = parseTap(`${good}# copy\nTAP version 13\nok 1 - copies\n1..1\n`);
    expect(report).toMatchObject({ passed: 3, failed: 0, skipped: 1, failures: [] });
    expect(report.programs).toEqual([
      { name: "create_region", passed: 2, failed: 0, skipped: 1, proven: [] },
      { name: "copy", passed: 1, failed: 0, skipped: 0, proven: [] },
    ]);
  });

  it("names a test that failed, with what the program said of it", () => {
    const report = parseTap(
      "# copy\nTAP version 13\n1..2\nnot ok 1 - copies bytes\n# byte 3 is 0, not 7\nok 2 - b\n# next\nTAP version 13\n1..0\n",
    );
    expect(report.failures).toEqual([
      { program: "copy", name: "copies bytes", detail: "# byte 3 is 0, not 7" },
    ]);
    expect(report).toMatchObject({ passed: 1, failed: 1 });
  });

  it("tells what was proven: named before a test that passed", () => {
    const lines = [
      "# copy",
      "TAP version 13",
      "# proves a.1",
      "# proves a.2",
      "ok 1 - x",
      "# no proof",
    ];
    const rest = [
      "# proves b",
      "not ok 2 - y",
      "# proves c",
      "ok 3 - z # SKIP here",
      "ok 4 - w",
      "1..4",
    ];
    const { programs, failures } = parseTap(
      [...lines, ...rest, "# next", "TAP version 13"].join("\n"),
    );
    expect(programs[0]?.proven).toEqual(["a.1", "a.2"]);
    expect(failures[0]?.detail).toBe("");
  });

  it("counts `1..0 # SKIP` as skipped", () => {
    expect(parseTap("# dma\nTAP version 13\n1..0 # SKIP no DMA\n")).toMatchObject({
      passed: 0,
      failed: 0,
      skipped: 1,
    });
  });

  it.each([
    ["fewer tests than planned", "1..2\nok 1 - a\n", "it planned 2 tests and ran 1"],
    ["more tests than planned", "1..1\nok 1 - a\nok 2 - b\n", "it planned 1 tests and ran 2"],
    ["no plan", "ok 1 - a\n", "it ended without a plan, after 1 tests"],
    ["a signal", "1..1\nok 1 - a\n# exit 139\n", "it was ended by signal 11"],
    [
      "a status with no test failed",
      "1..1\nok 1 - a\n# exit 3\n",
      "it ended with status 3 though no test failed",
    ],
    ["bailing out", "1..1\nBail out! no device\n", "it gave up: no device"],
  ])("holds %s against a program", (_what, body, detail) => {
    const report = parseTap(`# bad\nTAP version 13\n${body}`);
    expect(report.failed).toBe(1);
    expect(report.failures).toEqual([{ program: "bad", name: "bad", detail }]);
  });

  it("does not count a failed program twice for its exit status", () => {
    expect(parseTap("# x\nTAP version 13\n1..1\nnot ok 1 - a\n# exit 1\n").failed).toBe(1);
  });

  it("holds it against the whole when no program reported, and shows what there is", () => {
    const report = parseTap("Segmentation fault\n");
    expect(report).toMatchObject({ passed: 0, failed: 1 });
    expect(report.failures[0]?.detail).toBe("no program reported anything\nSegmentation fault");
  });

  it("reads the lines of a terminal too, and counts TODO tests that fail as failures", () => {
    expect(parseTap("# x\r\nTAP version 13\r\n1..1\r\nnot ok 1 - a # TODO later\r\n").failed).toBe(
      1,
    );
  });
});
