// SPDX-License-Identifier: BSD-3-Clause
import {
  comparePackages,
  compareReleases,
  inSeries,
  parseRelease,
  satisfies,
  seriesOf,
} from "@knem/kernels";
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
    ["7.2-rc3+deb14-amd64", "7.2.0-rc.3", "+deb14", "amd64"],
    ["7.3.4+deb13+1-arm64-16k", "7.3.4", "+deb13+1", "arm64-16k"],
    ["6.12.0-55.9.1.el10_0.x86_64", "6.12.0", "-55.9.1.el10_0", "x86_64"],
    ["6.12.0-55.el10.aarch64+64k", "6.12.0", "-55.el10", "aarch64+64k"],
    ["4.18.0-553.el8_10.x86_64", "4.18.0", "-553.el8_10", "x86_64"],
    ["6.17.4-200.fc43.x86_64+debug", "6.17.4", "-200.fc43", "x86_64+debug"],
    ["7.2.0-0.rc3.20260810git1.fc45.x86_64", "7.2.0", "-0.rc3.20260810git1.fc45", "x86_64"],
    ["6.4.0-150600.23.47-default", "6.4.0", "-150600.23.47", "default"],
    ["6.11.0-1009-azure-fde", "6.11.0", "-1009", "azure-fde"],
    ["6.8.0-31-lowlatency-64k", "6.8.0", "-31", "lowlatency-64k"],
    ["6.10.10-arch1-1", "6.10.10", "-arch1-1", ""],
    ["6.6.87.2-microsoft-standard-WSL2", "6.6.87", ".2", "microsoft-standard-WSL2"],
    ["7.4.0-rc1-next-20260101", "7.4.0-rc.1", "-next-20260101", ""],
  ])("%s", (text, base, build, flavour) => {
    const release = parseRelease(text);
    expect([release.base.version, release.build, release.flavour]).toEqual([base, build, flavour]);
  });

  test.each(["linux", "", "7", "v7.3.4", "-7.3"])("%j is refused by name", (text) => {
    expect(() => parseRelease(text)).toThrow(`${JSON.stringify(text)} is not a kernel's release`);
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
    ["7.2-rc3+deb14-amd64", "7.2.1+deb14-amd64"],
    ["7.2-rc3+deb14-amd64", "7.2-rc3+deb15-amd64"],
    ["6.12.0-55.el10.x86_64", "6.12.0-55.9.1.el10_0.x86_64"],
    ["6.12.0-55.9.1.el10_0.x86_64", "6.12.0-124.8.1.el10_1.x86_64"],
    ["6.4.0-150600.23.7-default", "6.4.0-150600.23.47-default"],
    ["5.14.21-150500.55.19-default", "6.4.0-150600.21-default"],
    ["7.2.0-0.rc3.20260810git1.fc45.x86_64", "7.2.0-100.fc45.x86_64"],
    ["6.10.10-arch1-1", "6.10.10-arch1-2"],
    ["7.4.0-rc1-next-20251231", "7.4.0-rc1-next-20260101"],
    ["6.6.87.1-microsoft-standard-WSL2", "6.6.87.2-microsoft-standard-WSL2"],
    ["6.18-rc9", "6.18"],
  ])("%s before %s", (older, newer) => {
    expect(compareReleases(older, newer)).toBe(-1);
    expect(compareReleases(newer, older)).toBe(1);
  });

  test("flavours of one build are equal", () => {
    expect(compareReleases("7.3.4+deb13-amd64", "7.3.4+deb13-cloud-amd64")).toBe(0);
    expect(compareReleases("6.17.4-200.fc43.x86_64", "6.17.4-200.fc43.x86_64+debug")).toBe(0);
  });

  test("a missing patch level is 0", () => {
    expect(compareReleases("7.2", "7.2.0")).toBe(0);
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
  expect(inSeries("7.2-rc3+deb14-amd64", "7.2")).toBe(true);
  expect(seriesOf("5.14.0-503.el9.x86_64")).toBe("5.14");
});
