// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readContract } from "@knem/contract";
import { describe, expect, it } from "vitest";
import { parameters } from "../../knem/src/cli/params/table.js";

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const read = (path: string) => readFile(at(path), "utf8");
const matches = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found = ""]) => found);

/** A chapter of the second level. */
async function chapter(path: string, title: string): Promise<string> {
  const parts = (await read(path)).split(/^## /m);
  const found = parts.find((part) => part.startsWith(`${title}\n`));
  if (found === undefined) throw new Error(`${path} has no chapter ${title}`);
  return found;
}

describe("docs/parameters.md", () => {
  it.each([
    ["Set when the module is loaded", false],
    ["Changed at any time", true],
  ])("has the parameters that are %s, with their defaults", async (title, live) => {
    const items = (await chapter("docs/parameters.md", title)).matchAll(/^- `(\w+)` \((\S+)\): /gm);
    const told = [...items].map(([, name, value]) => `${name}=${value}`);
    const known = parameters.filter((one) => one.live === live);
    expect(told.sort()).toEqual(known.map((one) => `${one.name}=${one.default}`).sort());
  });
});

describe("docs/troubleshooting.md", () => {
  it("has a row for each check of knem doctor, and no other", async () => {
    const folder = "packages/knem/src/cli/doctor";
    const files = (await readdir(at(folder))).map((name) => read(`${folder}/${name}`));
    const checks = (await Promise.all(files)).flatMap((text) =>
      matches(text, /const name = "([^"]+)"/g),
    );
    const table = await chapter("docs/troubleshooting.md", "What doctor looks at");
    expect(matches(table, /^\| `([^`]+)` +\|/gm).sort()).toEqual(checks.sort());
    expect(checks.length).toBeGreaterThan(10);
  });
});

describe("docs/monitoring.md", () => {
  it("has each metric with its type, and no other", async () => {
    const source = await read("packages/knem/src/cli/stats/prometheus.ts");
    const called = [...source.matchAll(/\b(counter|gauge)\(\s*"(knem_\w+)"/g)];
    const written = [...source.matchAll(/name: "(knem_\w+)",\s*type: "(\w+)"/g)];
    const metrics = [
      ...called.map(([, type, name]) => `${name} ${type}`),
      ...written.map(([, name, type]) => `${name} ${type}`),
    ];
    const rows = (await chapter("docs/monitoring.md", "Metrics")).matchAll(
      /^\| `(\w+)` +\| (\w+)/gm,
    );
    expect([...rows].map(([, name, type]) => `${name} ${type}`).sort()).toEqual(metrics.sort());
    expect(metrics.length).toBeGreaterThan(10);
  });
});

describe("docs/security.md", () => {
  it.each(["Limits", "Guarantees"])(
    "proves each row of its %s by rules that have a proof",
    async (title) => {
      const { rules } = readContract(await read("crates/knem-check/contract.toml"));
      const proven = new Set(rules.filter((rule) => !rule.unreachable).map(({ id }) => id));
      const table =
        (await chapter("docs/security.md", title)).split("\n\nWhat stands behind")[0] ?? "";
      const rows = table
        .split("\n")
        .filter((line) => line.startsWith("| "))
        .slice(2);
      expect(rows.length).toBeGreaterThan(6);
      for (const row of rows) {
        const named = matches(row.split("|").at(-2) ?? "", /`([^`]+)`/g);
        expect({
          row,
          unknown: named.filter((id) => !proven.has(id)),
          none: named.length === 0,
        }).toEqual({ row, unknown: [], none: false });
      }
    },
  );
});

describe("CONTRIBUTING.md", () => {
  it("explains each way of saying how a block is proven", async () => {
    const told = matches(
      await chapter("CONTRIBUTING.md", "Writing documentation"),
      /^\| `([^`]+)` +\|/gm,
    );
    expect(told.map((info) => info.replace(/^\w+ /, "").replace(/=.*/, ""))).toEqual([
      ...["host", "guest", "guest", "proven", "from", "rust", "unproven", "text"],
    ]);
  });
});
