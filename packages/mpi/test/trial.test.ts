// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { carried, left, parseTrials, trialLine } from "../src/index.js";

const tally = (processed: number, bytesCall: number, regions = 0) =>
  JSON.stringify({
    ...{ submitted: processed, processed, failed: 0, created: processed, bytesCall },
    ...{ bytesThread: 0, bytesDma: 0, contexts: regions, regions, pinnedBytes: 4096 * regions },
  });

const output = [
  "what the guest says first",
  ...["%% trial one", `%% before ${tally(1, 10)}`, "a line", "a line without an end"],
  ...[`%% after ${tally(4, 110, 1)}`, "%% status 0 1.50 3.75"],
  ...["%% trial two", "%% before null", "%% after null", "%% status 124 4.00 5.00", ""],
].join("\n");

describe("the trials of a guest", () => {
  it("are told apart, each with its output, its end and its time", () => {
    const [one, two] = parseTrials(output);
    expect(one).toMatchObject({ name: "one", status: 0, seconds: 2.25 });
    expect(one?.output).toBe("a line\na line without an end");
    expect(two).toMatchObject({ name: "two", status: 124, before: null, after: null, output: "" });
  });

  it("tell what KNEM carried and what is left of it", () => {
    const [one, two] = parseTrials(output);
    if (!one || !two) throw new Error("there are two");
    expect(carried(one)).toEqual({ copies: 3, bytes: 100, failed: 0, created: 3 });
    expect(left(one)).toEqual({ contexts: 1, regions: 1, pinnedBytes: 4096 });
    expect(carried(two)).toEqual({ copies: 0, bytes: 0, failed: 0, created: 0 });
  });

  it("that were cut off have no good end", () => {
    expect(parseTrials("%% trial cut\n%% before null\nhal")[0]).toMatchObject({ status: -1 });
  });

  it("where a rank was killed tell what was seen", () => {
    const lines = [
      "%% trial k",
      `%% both ${tally(9, 9, 2)}`,
      "%% beats 19",
      `%% one ${tally(9, 9, 1)}`,
    ];
    const [trial] = parseTrials(lines.join("\n"));
    expect(trial?.killing).toMatchObject({ beats: 19, both: { regions: 2 }, one: { regions: 1 } });
  });

  it("are lines whose words the shell leaves alone", () => {
    const line = trialLine({ name: "it's", user: "member", command: ["echo", "$HOME"] });
    expect(line).toBe(`trial 'it'\\''s' 'member' 'echo' '$HOME'`);
  });
});
