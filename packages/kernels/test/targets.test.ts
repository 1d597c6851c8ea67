// SPDX-License-Identifier: BSD-3-Clause
import { kmodArguments, nameOf, select, type Target, targets, toolchainOf } from "@knem/kernels";
import { describe, expect, test } from "vitest";

const one = (series: string, flavour: string): Target => ({
  suite: "trixie-backports",
  series,
  arch: "amd64",
  flavour,
  toolchain: "trixie",
});
const all = [one("7.3", "cloud-amd64"), one("7.3", "amd64"), one("7.2", "cloud-amd64")];

test("no two targets of the table have one name", () => {
  expect(new Set(targets.map(nameOf)).size).toBe(targets.length);
});

test("every target of the table names a toolchain that exists", () => {
  expect(targets.length).toBeGreaterThan(0);
  for (const target of targets) expect(toolchainOf(target).packages).toContain("rustc");
});

test("a toolchain that does not exist is named", () => {
  expect(() => toolchainOf({ ...one("7.3", "amd64"), toolchain: "wheezy" })).toThrow(
    /known are trixie/,
  );
});

describe("targets are selected by field", () => {
  test.each([
    [{ kernels: ["7.3"] }, [0, 1]],
    [{ flavours: ["cloud-amd64"] }, [0, 2]],
    [{ kernels: ["7.2", "7.3"], flavours: ["cloud-amd64"] }, [0, 2]],
    [{ kernels: ["7.3"], flavours: ["amd64"] }, [1]],
    [{ archs: ["amd64"] }, [0, 1, 2]],
  ])("%j", (selection, expected) => {
    expect(select(selection, all)).toEqual(expected.map((index) => all[index]));
  });

  test("what matches nothing is named, with what there is", () => {
    expect(() => select({ kernels: ["9.9"] }, all)).toThrow(/--kernel 9\.9.*7\.3 cloud-amd64 of/s);
    expect(() => select({ kernels: ["7.2"], flavours: ["amd64"] }, all)).toThrow(
      /that combination/,
    );
  });
});

describe("the command line of build:kmod", () => {
  test("without arguments, the first target", () => {
    expect(kmodArguments([], all)).toEqual([all[0]]);
  });
  test("--all", () => {
    expect(kmodArguments(["--all"], all)).toEqual(all);
  });
  test("several", () => {
    const args = ["--kernel", "7.2", "--kernel=7.3", "--flavour", "cloud-amd64"];
    expect(kmodArguments(args, all)).toEqual([all[0], all[2]]);
  });
  test("by architecture", () => {
    const foreign = { ...one("7.3", "arm64"), arch: "arm64" };
    expect(kmodArguments(["--arch", "arm64"], [...all, foreign])).toEqual([foreign]);
    expect(() => kmodArguments(["--arch", "m68k"], all)).toThrow(/--arch m68k/);
  });
  test.each([
    [["--kernal", "7.3"], /--kernal/],
    [["--kernel"], /--kernel/],
    [["7.3"], /7\.3/],
    [["--all", "--kernel", "7.3"], /stands alone/],
  ])("%j is refused", (args, why) => {
    expect(() => kmodArguments(args, all)).toThrow(why);
    expect(() => kmodArguments(args, all)).toThrow(expect.objectContaining({ code: "USAGE" }));
  });
});
