// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { unknownWords } from "../src/vocabulary.js";

const vocabulary = {
  knem: new Map([["stats", ["json", "help"]]]),
  scripts: new Set(["knem", "lint"]),
};
const unknown = (line: string) => unknownWords(line, vocabulary);

describe("unknownWords", () => {
  it.each([
    "knem stats --json",
    "npx knem stats --json | jq .",
    "npm run knem -- stats",
    "knem --version",
    "npm run lint",
    "pnpm lint",
    "npm test",
    "pnpm install",
    "apt-get install knem --yes",
    "modprobe knem",
    "knem",
  ])("has nothing against %s", (line) => {
    expect(unknown(line)).toEqual([]);
  });

  it.each([
    ["knem status", "there is no command knem status"],
    ["npm run knem -- status", "there is no command knem status"],
    ["watch; knem stats --yaml=x", "knem stats has no option --yaml"],
    ["npm run build:all", "package.json has no script build:all"],
    ["pnpm lints", "package.json has no script lints"],
  ])("sees what is wrong with %s", (line, what) => {
    expect(unknown(line)).toEqual([what]);
  });
});
