// SPDX-License-Identifier: BSD-3-Clause
import { KnemError, Progress, render, table } from "@knem/kernels";
import { expect, test } from "vitest";
import { kmodTable } from "../src/kmod.js";
import { countTests } from "../src/userland.js";

const report = { code: "X", what: "it broke", why: "because\nof this", remedy: "mend it" };

test("an error says what, why and what to do", () => {
  expect(render(new KnemError(report))).toBe(
    "error: it broke [X]\n  why: because\n       of this\n  what to do: mend it",
  );
});

test("a mistake of ours keeps its stack", () => {
  expect(render(new TypeError("oops"))).toMatch(/TypeError: oops\n\s+at /);
});

test("columns are aligned, numbers to the right", () => {
  const text = table(
    ["kernel", "seconds"],
    [
      ["7.3.4+deb13-amd64", 9.5],
      ["x", "10.25"],
      ["y", "-"],
    ],
  );
  expect(text.split("\n")).toEqual([
    "kernel             seconds",
    "-----------------  -------",
    "7.3.4+deb13-amd64      9.5",
    "x                    10.25",
    "y                        -",
  ]);
});

test("a failed kernel is a line of the table, not the end of it", () => {
  const target = {
    suite: "s",
    series: "7.3",
    arch: "amd64",
    flavour: "amd64",
    toolchain: "trixie",
  };
  const text = kmodTable([{ target, error: new KnemError(report) }]);
  expect(text).toMatch(/7\.3 amd64 of s +trixie +failed: it broke/);
});

const screen = (isTTY: boolean) => {
  const written: string[] = [];
  return { isTTY, columns: 40, written, write: (text: string) => written.push(text) > 0 };
};

test("without a terminal a step is one plain line", async () => {
  const out = screen(false);
  const progress = new Progress(out);
  expect(await progress.step("working", async () => 7)).toBe(7);
  await expect(progress.step("trying", () => Promise.reject(new Error("no")))).rejects.toThrow(
    "no",
  );
  expect(out.written.join("")).toMatch(/^working: \d+\.\d s\ntrying: failed after \d+\.\d s\n$/);
});

test("on a terminal the running steps are redrawn below the finished ones", async () => {
  const out = screen(true);
  const progress = new Progress(out);
  await progress.step("outer", () => progress.step("inner", async () => {}));
  const text = out.written.join("");
  expect(text).toContain("… outer 0.0 s\n… inner 0.0 s\n");
  const up = `${"\x1b"}[2A${"\x1b"}[J`;
  expect(text.split(up).some((part) => /^inner: \d+\.\d s\n… outer/.test(part))).toBe(true);
  expect(text).toMatch(/outer: \d+\.\d s\n$/);
});

test("the sums of cargo's results", () => {
  const line = (p: number, f: number) =>
    `test result: ok. ${p} passed; ${f} failed; 0 ignored; 0 measured`;
  expect(countTests(`${line(3, 1)}\nrunning 2 tests\n${line(40, 0)}\n`)).toEqual({
    passed: 43,
    failed: 1,
  });
});
