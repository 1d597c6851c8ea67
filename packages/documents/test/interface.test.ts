// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { type Field, fieldsOf, namesOf } from "../src/index.js";

const read = (path: string) =>
  readFile(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");

let header: string;
let page: string;
let fields: Field[];
beforeAll(async () => {
  [header, page] = await Promise.all([read("include/knem_io.h"), read("docs/interface.md")]);
  fields = fieldsOf(header);
});

/** The rows of all tables of the page, as their cells are written. */
const rows = () =>
  [...page.matchAll(/^\| (.*) \|$/gm)].map(([, row = ""]) =>
    row.split("|").map((cell) => cell.trim().replaceAll("`", "")),
  );

/** Values of the constants that the header defines as one bit or one number. */
function values(): ReadonlyMap<string, number> {
  const bits = [...header.matchAll(/^#define (KNEM_\w+) \(1 << (\d+)\)/gm)].map(
    ([, name = "", bit]): [string, number] => [
      name,
      name.startsWith("KNEM_FEATURE") ? Number(bit) : 1 << Number(bit),
    ],
  );
  const numbers = [
    ...header.matchAll(/^(?:#define |\t)(KNEM_(?:STATUS|COUNTER)_\w+) (?:= )?(\d+)/gm),
  ];
  return new Map([
    ...bits,
    ...numbers.map(([, name = "", n]): [string, number] => [name, Number(n)]),
  ]);
}

describe("docs/interface.md", () => {
  it("names everything in knem_io.h, and nothing of that kind besides", () => {
    const declared = new Set([...namesOf(header), ...fields.map(({ struct }) => struct)]);
    const named = new Set(page.match(/(?<![#\w])(KNEM_[A-Z_]+[A-Z]|knem_cmd_[a-z_]+)\b/g));
    expect([...named].sort()).toEqual([...declared].sort());
  });

  it("has a table of each structure's fields, with their offsets and types", () => {
    const declared = fields.map(({ offset, name, type }) => `${offset} ${name} ${type}`);
    const told = rows().filter(([offset = "", name = ""]) =>
      /^\d+ [a-z]/.test(`${offset} ${name}`),
    );
    expect(told.map((cells) => cells.slice(0, 3).join(" ")).sort()).toEqual(declared.sort());
  });

  it("has the values of all flags, features, statuses and counters", () => {
    const told = rows().flatMap(([name = "", value = ""]): [string, number][] =>
      /^KNEM_\w+ (0x)?\d/.test(`${name} ${value}`) ? [[name, Number(value)]] : [],
    );
    const declared = [...values()].filter(([name]) => !/_NR$/.test(name));
    expect(declared.length).toBeGreaterThan(25);
    const missing = declared.filter(([name, value]) => new Map(told).get(name) !== value);
    expect(missing).toEqual([]);
  });
});
