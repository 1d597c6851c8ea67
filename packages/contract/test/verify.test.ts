// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { page } from "../src/page.js";
import { proofsIn } from "../src/proof.js";
import type { Contract } from "../src/rule.js";
import { problems, unreported } from "../src/verify.js";

const contract: Contract = {
  sections: new Map([["7.2", "Lengths"]]),
  rules: [
    { id: "7.2.a", section: "7.2", kind: "contract", text: "One | two." },
    { id: "7.2.b", section: "7.2", kind: "errno", text: "Two.", unreachable: "Far away." },
  ],
};
const program = "crates/knem-check/src/bin/lengths.rs";

describe("proofsIn", () => {
  it("finds each rule once, however it is written", () => {
    const text = `tap.proves("7.2.a");\n// proves("7.2.b")\ntap.proves(\n    "7.2.a",\n);\nproves(id)`;
    expect(proofsIn(text, "x.rs").map(({ id }) => id)).toEqual(["7.2.a", "7.2.b"]);
  });
});

describe("problems", () => {
  it("has none when all is proven", () => {
    expect(problems(contract, [{ id: "7.2.a", file: program }])).toEqual([]);
  });

  it("names rules without a proof, proofs without a rule, and proofs of what cannot be reached", () => {
    const file = "examples/client.c";
    expect(
      problems(contract, [
        { id: "7.2.c", file },
        { id: "7.2.b", file },
      ]),
    ).toEqual([
      "7.2.a: no test proves it",
      "7.2.c: examples/client.c proves it, but there is no such rule",
      "7.2.b: examples/client.c proves it, though it is called unreachable",
    ]);
  });
});

describe("unreported", () => {
  const proofs = [
    { id: "7.2.a", file: program },
    { id: "7.2.a", file: "examples/client.c" },
  ];

  it("is content when the program itself said so", () => {
    expect(unreported(proofs, [{ name: "lengths", proven: ["7.2.a"] }])).toEqual([]);
  });

  it("holds a proof against a program that did not say so, whatever others said", () => {
    const reports = [
      { name: "lengths", proven: [] },
      { name: "other", proven: ["7.2.a"] },
    ];
    expect(unreported(proofs, reports)).toEqual(["7.2.a: lengths did not prove it"]);
  });
});

describe("page", () => {
  it("has a row for each rule, with links to its proofs", () => {
    const text = page(contract, [{ id: "7.2.a", file: program }]);
    expect(text).toContain("## 7.2 Lengths");
    expect(text).toContain(`| \`7.2.a\` | contract | One \\| two. | [lengths.rs](../${program}) |`);
    expect(text).toContain("| `7.2.b` | errno | Two. | nothing: Far away. |");
  });
});
