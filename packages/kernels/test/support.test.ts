// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  SUPPORT_DATA,
  SUPPORT_PAGE,
  type Support,
  supportPage,
  unsupported,
} from "../src/support.js";
import { nameOf, targets } from "../src/targets.js";

const read = (name: string) => readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8");
const matrix: Support[] = JSON.parse(read(SUPPORT_DATA));

test("docs/support.md is what its data give", () => {
  expect(read(SUPPORT_PAGE)).toBe(supportPage(matrix));
});

test("no kernel of the table is missing from it", () => {
  expect(unsupported(matrix).map(nameOf)).toEqual([]);
});

test("it tells of no kernel that is not in the table any more", () => {
  const known = targets.map(nameOf);
  expect(
    matrix.map(({ target }) => nameOf(target)).filter((name) => !known.includes(name)),
  ).toEqual([]);
});

test("a kernel that was added is missed", () => {
  const added = {
    suite: "forky",
    series: "7.4",
    arch: "amd64",
    flavour: "amd64",
    toolchain: "sid",
  };
  expect(unsupported(matrix, [...targets, added])).toEqual([added]);
});

const entry: Support = {
  target: { suite: "sid", series: "newest", arch: "amd64", flavour: "amd64", toolchain: "sid" },
  release: "7.9.1+deb14-amd64",
  compilers: "rustc 1.99.0, gcc 17.1.0",
  build: 2.04,
  passed: 40,
  failed: 2,
  tests: 99.7,
};

test("a page tells of failures, and of what building takes", () => {
  const page = supportPage([entry]);
  expect(page).toMatch(
    /^\| 7\.9\.1\+deb14-amd64 \| sid +\| amd64 .*\| 2\.0 s \| 40 passed, \*\*2 failed\*\* \| 100 +\|$/m,
  );
  expect(page).toContain("`linux-headers-7.9.1+deb14-amd64` with `linux-source-7.9`");
  expect(page).toMatch(/^bc bindgen .*gcc-16/m);
});

test("a kernel that was tested on two machines has a line for each, and is built for once", () => {
  const page = supportPage([entry, { ...entry, machine: "versal" }]);
  expect(page).toMatch(/^\| 7\.9\.1\+deb14-amd64 \| sid +\| amd64, versal +\|/m);
  expect(page).toMatch(/^For `linux-headers-7\.9\.1\+deb14-amd64` with/m);
  expect(page).toContain("DMA engines");
  expect(supportPage([entry])).not.toContain("DMA engines");
});
