// SPDX-License-Identifier: BSD-3-Clause

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commands } from "../../src/cli/commands.js";
import { vocabulary } from "../../src/cli/completion/vocabulary.js";
import { folder } from "../package.js";

const schemas = join(folder, "schema");
const names = readdirSync(schemas).map((file) => file.replace(/\.json$/, ""));

it("every command with --json has a schema, and no schema is without a command", async () => {
  const all = (await vocabulary(commands)).filter(({ options }) =>
    options.some((one) => one.name === "json"),
  );
  // What packages are planned and made is no reading; packages/packaging answers for that document.
  const reading = all.map(({ name }) => name).filter((name) => name !== "package");
  expect(names.sort()).toEqual([...reading, "stats-watch"].sort());
});

/** The parts of a schema that describe a value, with the way to each. */
function parts(schema: unknown, way: string): (readonly [string, Record<string, unknown>])[] {
  if (typeof schema !== "object" || schema === null) return [];
  const one = schema as Record<string, unknown>;
  const properties = Object.entries((one["properties"] ?? {}) as Record<string, unknown>);
  return [
    [way, one] as const,
    ...properties.flatMap(([name, part]) => parts(part, `${way}.${name}`)),
    ...parts(one["items"], `${way}[]`),
  ];
}

it.each(names)("schema/%s.json explains every value", (name) => {
  const schema: unknown = JSON.parse(readFileSync(join(schemas, `${name}.json`), "utf8"));
  const silent = parts(schema, name).filter(
    ([way, { description, title }]) => !way.endsWith("[]") && !description && !title,
  );
  expect(silent.map(([way]) => way)).toEqual([]);
});
