// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { formatDocument, parseDocument } from "../../src/document.js";
import { parseExperiments } from "../../src/experiment/experiment.js";
import { document } from "../sample.js";
import { trial } from "./trial.js";

const printed = (...experiments: object[]) => JSON.stringify({ experiments });

describe("parseExperiments", () => {
  it("reads what knem-bench prints", () => {
    const rounded = { ...trial({ without: 2, with: 3 }), ratio: 0.6667 };
    const references = trial({ experiment: "references", bytes: 0, unit: "references/s" });
    expect(parseExperiments(printed(rounded, references))).toEqual([rounded, references]);
  });

  it.each([
    ["{}", "experiments must be a list"],
    [printed({ ...trial(), experiment: "luck" }), "experiments[0].experiment"],
    [printed(trial(), { ...trial(), bed: "moon" }), "experiments[1].bed"],
    [printed({ ...trial(), what: 7 }), "experiments[0].what"],
    [printed({ ...trial(), bytes: -1 }), "experiments[0].bytes"],
    [printed({ ...trial(), with: 0 }), "experiments[0].with"],
    [printed({ ...trial(), unit: "miles" }), "experiments[0].unit"],
    [printed({ ...trial(), ratio: 1.2 }), "ratio must be 1.1000, as the figures say; it is 1.2"],
    [printed({ ...trial({ unit: "references/s" }), ratio: 1.1 }), "ratio must be 0.9091"],
  ])("refuses %s and says where", (text, place) => {
    expect(() => parseExperiments(text)).toThrow(
      expect.objectContaining({
        code: "BENCH_DOCUMENT_INVALID",
        why: expect.stringContaining(place),
      }),
    );
  });
});

describe("a document", () => {
  const whole = { ...document(), experiments: [trial(), trial({ bytes: 4 << 20 })] };

  it("keeps its experiments", () => {
    expect(parseDocument(formatDocument(whole))).toEqual(whole);
  });

  it("may be of before there were any", () => {
    const { experiments, ...before } = whole;
    expect(experiments).toHaveLength(2);
    expect(parseDocument(JSON.stringify(before)).experiments).toEqual([]);
  });
});
