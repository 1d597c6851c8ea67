// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import { folder } from "./package.js";

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
ajv.addFormat("date-time", (text: string) => new Date(text).toISOString() === text);

/** Holds a document against schema/NAME.json, and gives it back. */
export function valid(name: string, text: string): unknown {
  const document: unknown = JSON.parse(text);
  const file = join(folder, "schema", `${name}.json`);
  const check =
    ajv.getSchema(name) ??
    ajv.addSchema(JSON.parse(readFileSync(file, "utf8")), name).getSchema(name);
  check?.(document);
  expect(check?.errors ?? null).toBeNull();
  return document;
}
