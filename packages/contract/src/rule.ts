// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import { parse } from "smol-toml";

/** What a rule is about; crates/knem-check/contract.toml says what each means. */
export const kinds = ["contract", "errno", "hazard", "shipped", "extension"] as const;
export type Kind = (typeof kinds)[number];

/** A rule that the module keeps. */
export interface Rule {
  /** By which tests name it: `6.4.consumed-by-lookup`. */
  readonly id: string;
  /** A key of the contract's sections. */
  readonly section: string;
  readonly kind: Kind;
  readonly text: string;
  /** Why its case cannot be brought about, of a rule that no test can prove. */
  readonly unreachable?: string;
}

/** All rules, and the sections that they belong to. */
export interface Contract {
  /** Titles by number, in the page's order. */
  readonly sections: ReadonlyMap<string, string>;
  readonly rules: readonly Rule[];
}

/** Reads the text of a contract.toml. Errors: CONTRACT_INVALID, with everything that is wrong with it. */
export function readContract(text: string): Contract {
  const { sections, rule } = parse(text);
  const titles = new Map(Array.isArray(sections) ? sections.flatMap(title) : []);
  const entries: unknown[] = Array.isArray(rule) ? rule : [];
  const wrong = entries.flatMap((entry, index) => faults(entry, index, titles));
  const rules = entries.filter(isRule);
  const ids = rules.map(({ id }) => id);
  const twice = ids.filter((id, index) => ids.indexOf(id) !== index);
  wrong.push(...twice.map((id) => `${id}: there are two of it`));
  if (rules.length === 0) wrong.push("there is no rule");
  if (wrong.length === 0) return { sections: titles, rules };
  throw new KnemError({
    code: "CONTRACT_INVALID",
    what: "crates/knem-check/contract.toml makes no sense",
    why: wrong.join("\n"),
    remedy: "mend what is named",
  });
}

/** A pair of a section's number and title. */
function title(pair: unknown): [string, string][] {
  const [number, text] = Array.isArray(pair) ? pair : [];
  return isText(number) && isText(text) ? [[number, text]] : [];
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRule(value: unknown): value is Rule {
  return isTable(value) && ["id", "section", "kind", "text"].every((key) => isText(value[key]));
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

function faults(entry: unknown, index: number, sections: ReadonlyMap<string, string>): string[] {
  if (!isRule(entry)) return [`rule ${index + 1}: it needs an id, a section, a kind and a text`];
  const known = new Set(["id", "section", "kind", "text", "unreachable"]);
  const checks: [boolean, string][] = [
    [/^[a-z0-9.-]+$/.test(entry.id), "its id has other characters than a-z, 0-9, '.' and '-'"],
    [kinds.includes(entry.kind), `its kind ${entry.kind} is not known`],
    [sections.has(entry.section), `its section ${entry.section} has no title`],
    [Object.keys(entry).every((key) => known.has(key)), "it has a field that is not known"],
    [entry.unreachable === undefined || isText(entry.unreachable), "unreachable says nothing"],
  ];
  return checks.filter(([good]) => !good).map(([, what]) => `${entry.id}: ${what}`);
}
