// SPDX-License-Identifier: BSD-3-Clause
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { documentation, pointsOf, SPEEDS, type SpeedDocument } from "../src/index.js";

const checkout = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const document: SpeedDocument = JSON.parse(readFileSync(checkout(SPEEDS), "utf8"));

describe("the page of the MPI libraries' speed", () => {
  it("is made from the committed figures", () => {
    for (const [path, content] of documentation(document)) {
      expect(existsSync(checkout(path)), path).toBe(true);
      expect(readFileSync(checkout(path), "utf8"), path).toBe(content);
    }
  });

  it("is about every stack, at the same sizes with KNEM and without", () => {
    const sizes = (points: readonly { bytes: number }[]) => points.map(({ bytes }) => bytes);
    for (const { knem, without } of document.speeds) {
      expect(knem.length).toBeGreaterThan(5);
      expect(sizes(knem)).toEqual(sizes(without));
    }
  });
});

it("the lines of pingpong are told apart from what else is said", () => {
  expect(pointsOf("a warning\n1024 900\nx 1 2\n4096 1200\n")).toEqual([
    { bytes: 1024, nanoseconds: 900 },
    { bytes: 4096, nanoseconds: 1200 },
  ]);
});
