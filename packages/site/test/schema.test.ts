// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { schemaPage } from "../src/schema.js";

describe("schemaPage", () => {
  const text = schemaPage(
    {
      title: "knem doctor --json",
      type: "object",
      required: ["healthy", "checks"],
      properties: {
        healthy: { type: "boolean", description: "Whether | all is well." },
        checks: {
          type: "array",
          description: "Everything that was found.",
          items: {
            type: "object",
            properties: {
              state: { enum: ["ok", "problem"], description: "How it is." },
              remedy: { type: ["string", "null"], description: "What to do." },
            },
          },
        },
        counters: {
          type: "object",
          additionalProperties: { type: "integer", description: "Each." },
        },
        peer: { $ref: "#/$defs/peer" },
      },
      $defs: { peer: { description: "Who.", properties: { pid: { type: "integer" } } } },
    },
    "doctor.json",
  );
  const lines = text.split("\n");

  it("is headed by the command and leads to the schema itself", () => {
    expect(lines[0]).toBe("# knem doctor --json");
    expect(text).toContain('href="./doctor.json"');
  });

  it("lists every field with its type and what it is", () => {
    expect(lines).toContain("| `healthy` | boolean | Whether \\| all is well. |");
    expect(lines).toContain("| `checks` | array of object | Everything that was found. |");
    expect(lines).toContain(
      '| `checks[].state` | `"ok"`, `"problem"`, may be missing | How it is. |',
    );
    expect(lines).toContain("| `checks[].remedy` | string or null, may be missing | What to do. |");
    expect(lines).toContain("| `counters.*` | integer | Each. |");
  });

  it("shows what is defined apart under a heading of its own", () => {
    expect(lines).toContain("| `peer` | [peer](#peer), may be missing |  |");
    expect(lines).toContain("## peer");
    expect(lines).toContain("| `pid` | integer, may be missing |  |");
  });
});
