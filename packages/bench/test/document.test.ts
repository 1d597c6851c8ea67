// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { formatDocument, parseDocument, parseRun } from "../src/document.js";
import { cost, document, result } from "./sample.js";

const whole = document([result({}), result({ instructions: 7 })], [cost({})]);

describe("parseDocument", () => {
  it("reads what was written", () => {
    expect(parseDocument(formatDocument(whole))).toEqual(whole);
  });

  it.each([
    ["{", "the text"],
    ["[]", "the document"],
    [{ ...whole, format: 2 }, "format must be 1; it is 2"],
    [{ ...whole, kernels: { moon: "1" } }, "kernels must be one of uml, qemu"],
    [{ ...whole, results: {} }, "results must be a list"],
    [{ ...whole, results: [{ ...result({}), method: "magic" }] }, "results[0].method"],
    [{ ...whole, results: [{ ...result({}), bytes: 1.5 }] }, "results[0].bytes"],
    [{ ...whole, results: [{ ...result({}), readers: 0 }] }, "results[0].readers"],
    [{ ...whole, results: [result({}), { ...result({}), best: -1 }] }, "results[1].best"],
    [{ ...whole, results: [{ ...result({}), median: "fast" }] }, "results[0].median"],
    [
      { ...whole, results: [{ ...result({}), instructions: undefined }] },
      "results[0].instructions",
    ],
    [{ ...whole, calls: [{ ...cost({}), pages: "large" }] }, "calls[0].pages"],
  ])("refuses %j and says where", (wrong, place) => {
    const text = typeof wrong === "string" ? wrong : JSON.stringify(wrong);
    expect(() => parseDocument(text)).toThrow(
      expect.objectContaining({
        code: "BENCH_DOCUMENT_INVALID",
        why: expect.stringContaining(place),
      }),
    );
  });
});

describe("parseRun", () => {
  const run = (verified: unknown) =>
    JSON.stringify({ results: [{ ...result({}), verified }], calls: [cost({})], cpus: 1 });

  it("reads what knem-bench prints", () => {
    expect(parseRun(run(true))).toEqual({ results: [result({})], calls: [cost({})] });
  });

  it.each([false, undefined, "yes"])("refuses bytes that were not verified: %s", (verified) => {
    expect(() => parseRun(run(verified))).toThrow(
      expect.objectContaining({ why: expect.stringContaining("results[0].verified") }),
    );
  });
});
