// SPDX-License-Identifier: BSD-3-Clause
import { comparePackages, compareReleases, inSeries, parseRelease, satisfies } from "@knem/kernels";
import { describe, expect, test } from "vitest";

describe("a release is taken apart", () => {
  test.each([
    ["7.3.4+deb13-cloud-amd64", "7.3.4", "+deb13", "cloud-amd64"],
    ["7.3.4+deb13-amd64", "7.3.4", "+deb13", "amd64"],
    ["7.2.13+deb14-rt-amd64", "7.2.13", "+deb14", "rt-amd64"],
    ["5.14.0-503.el9.x86_64", "5.14.0", "-503.el9", "x86_64"],
    ["6.8.0-31-generic", "6.8.0", "-31", "generic"],
    ["6.1.0-28-amd64", "6.1.0", "-28", "amd64"],
    ["7.4-rc2", "7.4.0-rc.2", "", ""],
    ["7.4~rc2-amd64", "7.4.0-rc.2", "", "amd64"],
    ["6.12.9", "6.12.9", "", ""],
  ])("%s", (text, base, build, flavour) => {
    const release = parseRelease(text);
    expect([release.base.version, release.build, release.flavour]).toEqual([base, build, flavour]);
  });

  test("what is no release is refused by name", () => {
    expect(() => parseRelease("linux")).toThrow(/"linux" is not a kernel's release/);
  });
});

describe("releases are ordered", () => {
  test.each([
    ["7.3.4+deb13-cloud-amd64", "7.3.10+deb13-cloud-amd64"],
    ["7.2.13+deb14-amd64", "7.3.1+deb13-amd64"],
    ["6.8.0-31-generic", "6.8.0-106-generic"],
    ["5.14.0-427.40.1.el9_4.x86_64", "5.14.0-503.el9.x86_64"],
    ["7.4-rc2", "7.4-rc10"],
    ["7.4-rc7", "7.4.0"],
    ["7.3.4+deb13-amd64", "7.3.4+deb13+1-amd64"],
  ])("%s before %s", (older, newer) => {
    expect(compareReleases(older, newer)).toBe(-1);
    expect(compareReleases(newer, older)).toBe(1);
  });

  test("flavours of one build are equal", () => {
    expect(compareReleases("7.3.4+deb13-amd64", "7.3.4+deb13-cloud-amd64")).toBe(0);
  });
});

describe("package versions are ordered as dpkg orders them", () => {
  test.each([
    ["7.3.4-1~bpo13+1", "7.3.4-1"],
    ["7.3.4-1~bpo13+1", "7.3.4-1~bpo13+2"],
    ["7.3.4-1~bpo13+2", "7.3.4-1~bpo13+10"],
    ["7.3.4-1", "7.3.4-1+b1"],
    ["7.3~rc7-1~exp1", "7.3-1"],
    ["9.9-1", "1:0.1-1"],
    ["1.0-1", "1.0.1-1"],
    ["1.0a-1", "1.0+b-1"],
    ["2.0", "2.0-1"],
  ])("%s before %s", (older, newer) => {
    expect(comparePackages(older, newer)).toBe(-1);
    expect(comparePackages(newer, older)).toBe(1);
  });

  test("a version equals itself", () => {
    expect(comparePackages("7.3.4-1~bpo13+1", "7.3.4-1~bpo13+1")).toBe(0);
    expect(comparePackages("1.02-1", "1.2-1")).toBe(0);
  });
});

test("ranges are matched against the version alone", () => {
  expect(satisfies("7.3.4+deb13-cloud-amd64", ">=7.3 <7.4")).toBe(true);
  expect(satisfies("7.2.13+deb14-amd64", ">=7.3 <7.4")).toBe(false);
  expect(satisfies("5.14.0-503.el9.x86_64", "5.x")).toBe(true);
  expect(satisfies("7.4-rc1", ">=7.3")).toBe(true);
});

test("a series is major and minor, not a prefix", () => {
  expect(inSeries("7.3.4+deb13-amd64", "7.3")).toBe(true);
  expect(inSeries("7.30.1-amd64", "7.3")).toBe(false);
});
