// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parsePackages, patience } from "../src/archive.js";
import { newest } from "../src/kernel.js";
import { debianMirror, parseSources } from "../src/mirror.js";

const index = readFileSync(new URL("fixtures/Packages", import.meta.url), "utf8");
const target = {
  suite: "trixie-backports",
  series: "7.3",
  arch: "amd64",
  flavour: "cloud-amd64",
  toolchain: "trixie",
};

test("stanzas of an index become packages", () => {
  const headers = parsePackages(index).find(({ name }) => name.startsWith("linux-headers-7.3.10"));
  expect(headers).toMatchObject({ version: "7.3.10-1~bpo13+1", sha256: "a10" });
  expect(headers?.depends).toEqual([
    "linux-headers-7.3.10+deb13-common",
    "linux-kbuild-7.3.10+deb13",
    "gcc-14-x86-64-linux-gnu",
    "gcc-14",
  ]);
});

test("the newest complete kernel of the series and flavour is chosen", () => {
  // 7.3.11 has no source of its version yet, 7.3.10 is newer than 7.3.9, and amd64 is another flavour.
  const kernel = newest(target, parsePackages(index));
  expect(kernel.release).toBe("7.3.10+deb13-cloud-amd64");
  expect(kernel.source.version).toBe("7.3.10-1~bpo13+1");
  expect(kernel.packages.map(({ name }) => name).sort()).toEqual([
    "linux-headers-7.3.10+deb13-cloud-amd64",
    "linux-headers-7.3.10+deb13-common",
    "linux-image-7.3.10+deb13-cloud-amd64",
    "linux-kbuild-7.3.10+deb13",
    "linux-modules-7.3.10+deb13-cloud-amd64",
  ]);
});

test("where suites move on, the newest of any series is chosen", () => {
  const all = parsePackages(index.replaceAll("7.3", "7.4")).concat(parsePackages(index));
  expect(newest({ ...target, series: "newest" }, all).release).toBe("7.4.10+deb13-cloud-amd64");
  expect(newest({ ...target, series: "newest" }, all).source.name).toBe("linux-source-7.4");
});

test("a foreign kernel's build runs this machine's programs, of the very same version", () => {
  const foreign = parsePackages(index.replaceAll("amd64", "arm64"));
  const wanted = { ...target, arch: "arm64", flavour: "cloud-arm64" };
  const here = parsePackages(index.replaceAll(/SHA256: /g, "SHA256: here-"));
  const { release, packages, programs } = newest(wanted, foreign, here);
  expect(release).toBe("7.3.10+deb13-cloud-arm64");
  expect(packages.map(({ name }) => name)).not.toContain("linux-kbuild-7.3.10+deb13");
  expect(programs).toEqual([
    expect.objectContaining({ name: "linux-kbuild-7.3.10+deb13", sha256: "here-a10k" }),
  ]);
  const older = here.filter(({ name }) => name !== "linux-kbuild-7.3.10+deb13");
  expect(newest(wanted, foreign, older).release).toBe("7.3.9+deb13-cloud-arm64");
});

test("only suites that move on daily may be older than they say", () => {
  expect(["sid", "forky"].map(patience)).not.toContainEqual({});
  expect(["trixie", "trixie-backports", "bookworm"].map(patience)).toEqual([{}, {}, {}]);
});

test("a flavour's name is not taken for the end of another's", () => {
  expect(() => newest({ ...target, flavour: "amd64" }, parsePackages(index))).toThrow(
    /lacks its image/,
  );
});

test("a series that the archive has not is named", () => {
  const asked = () => newest({ ...target, series: "9.9" }, parsePackages(index));
  expect(asked).toThrow(/no package linux-headers-9\.9\.\*-cloud-amd64 is in the suite/);
});

const lines = `
# deb http://commented.example/debian trixie main
deb cdrom:[Debian 13]/ trixie main
deb http://security.example/debian-security trixie-security main
deb-src http://source.example/debian trixie main
deb [arch=amd64 signed-by=/k.gpg] http://first.example/debian/ trixie main contrib # words
`;
const stanzas = `
Types: deb deb-src
URIs: http://security.example/debian-security
Suites: trixie-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main

# The mirror of this site.
Types: deb
URIs: http://vendor.example/apt http://site.example/mirrors/debian
Suites: trixie trixie-updates
Components: main
 contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

test("one-line sources", () => {
  const sources = parseSources("sources.list", lines);
  expect(debianMirror(sources)).toBe("http://first.example/debian");
});

test("deb822 sources", () => {
  const sources = parseSources("debian.sources", stanzas);
  expect(sources.map(({ uri }) => uri)).not.toContain("http://off.example/debian");
  expect(sources.at(-1)?.components).toEqual(["main", "contrib"]);
  expect(debianMirror(sources)).toBe("http://site.example/mirrors/debian");
});

test("a mirror list of cloud images is a mirror", () => {
  const text =
    "Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: trixie\nComponents: main\n";
  const uri = "mirror+file:///etc/apt/mirrors/debian.list";
  expect(debianMirror(parseSources("debian.sources", text))).toBe(uri);
});

test("security alone is no mirror", () => {
  const text = "deb http://x.example/debian-security trixie-security main";
  expect(debianMirror(parseSources("sources.list", text))).toBeUndefined();
});
