// SPDX-License-Identifier: BSD-3-Clause
import { targets } from "@knem/kernels";
import { expect, test } from "vitest";
import { matrixTable, supportOf, type Tested } from "../matrix.js";

const [first, second] = targets;
if (!first || !second) throw new Error("the table of targets is too short");

const kernel = {
  target: first,
  release: "7.3.4+deb13-cloud-amd64",
  version: "7.3.4-1",
  packages: [],
  source: { name: "linux-source-7.3", version: "7.3.4-1", sha256: "", depends: [] },
};
const built = { kernel, ko: "/knem.ko", toolchain: "rustc 1.85.1", seconds: 2.94, bytes: 1 };
const results: Tested[] = [
  { target: first, built, passed: 3000, failed: 0, seconds: 71.26 },
  { target: first, machine: "versal", built, passed: 3100, failed: 0, seconds: 72 },
  { target: second, passed: 0, failed: 1, failures: "it did not compile", seconds: 0 },
];

test("a line tells of each target, also where nothing could be built", () => {
  const lines = matrixTable(results).split("\n");
  expect(lines[2]).toMatch(
    /^7\.3\.4\+deb13-cloud-amd64 +rustc 1\.85\.1 +amd64 +2\.9 s +3000 +0 +71$/,
  );
  expect(lines[3]).toMatch(/ amd64 versal +2\.9 s +3100 +0 +72$/);
  expect(lines[4]).toMatch(/^7\.3 amd64 of trixie-backports +trixie +amd64 +failed +0 +1 +0$/);
});

test("the page is told of what was built, and of nothing else", () => {
  const told = {
    target: first,
    release: "7.3.4+deb13-cloud-amd64",
    compilers: "rustc 1.85.1",
    build: 2.9,
    failed: 0,
  };
  expect(supportOf(results)).toEqual([
    { ...told, passed: 3000, tests: 71.3 },
    { ...told, machine: "versal", passed: 3100, tests: 72 },
  ]);
});
