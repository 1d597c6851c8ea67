// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { readContract } from "../src/rule.js";

const sections = 'sections = [["7.2", "Lengths"], ["10", "Binding"]]\n';

const rule = (fields: Record<string, string> = {}): string => {
  const all = { id: "7.2.a", section: "7.2", kind: "contract", text: "It holds.", ...fields };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  return `[[rule]]\n${lines.join("")}`;
};

describe("readContract", () => {
  it("reads rules and sections, in their order", () => {
    const { sections: titles, rules } = readContract(
      sections + rule() + rule({ id: "10.b", section: "10", unreachable: "It is far away." }),
    );
    expect([...titles.keys()]).toEqual(["7.2", "10"]);
    expect(rules.map(({ id }) => id)).toEqual(["7.2.a", "10.b"]);
    expect(rules[1]?.unreachable).toBe("It is far away.");
  });

  it.each([
    ["no rule at all", "", /there is no rule/],
    ["two of one name", rule() + rule(), /7\.2\.a: there are two of it/],
    ["an unknown kind", rule({ kind: "law" }), /kind law is not known/],
    ["an unknown section", rule({ section: "9" }), /section 9 has no title/],
    ["an unknown field", rule({ txet: "x" }), /a field that is not known/],
    ["a name that is no name", rule({ id: "7.2 a" }), /other characters/],
    ["an empty text", rule({ text: "" }), /needs an id, a section, a kind and a text/],
    ["an excuse that says nothing", rule({ unreachable: "" }), /says nothing/],
  ])("refuses %s", (_what, text, why) => {
    expect(() => readContract(sections + text)).toThrow(why);
  });
});
