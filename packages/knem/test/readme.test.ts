// SPDX-License-Identifier: BSD-3-Clause
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "./package.js";

const checkout = join(folder, "../..");
const text = (file: string) => readFileSync(join(checkout, file), "utf8");
const sorted = (codes: Iterable<string>) => [...new Set(codes)].sort();

describe("the README", () => {
  it("has every code of an error, and no other", () => {
    const within = (place: string) =>
      readdirSync(join(checkout, place), { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(rs|ts)$/.test(name) && !name.startsWith("cli"))
        .map((name) => join(place, name));
    const places = ["crates/knem/src/error", "crates/knem-node/src", "packages/knem/src"];
    const sources = places.flatMap(within);
    const thrown = sources.flatMap((file) => text(file).match(/(?<=")KNEM_[A-Z_]+(?=")/g) ?? []);
    const table = text("packages/knem/README.md").match(/^\| `KNEM_.*$/gm) ?? [];
    const told = table.flatMap((row) => row.match(/KNEM_[A-Z_]+/g) ?? []);
    expect(sorted(told)).toEqual(sorted(thrown));
    expect(told).toHaveLength(new Set(told).size);
  });
});
