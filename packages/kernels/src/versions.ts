// SPDX-License-Identifier: BSD-3-Clause
import { coerce, satisfies as inRange, SemVer } from "semver";
import { KnemError } from "./errors.js";

/** A kernel's release (`uname -r`) taken apart. */
export interface Release {
  readonly text: string;
  /** Major, minor, patch, and the prerelease of `-rc` kernels: what ranges are matched against. */
  readonly base: SemVer;
  /** What the distribution added: `+deb13`, `-503.el9`, `-31`, `-arch1-1`. */
  readonly build: string;
  /** `cloud-amd64`, `generic`, `x86_64+debug`; empty where there is none. */
  readonly flavour: string;
}

/** Words at the end, each with a letter in it: `-arch1-1` and `-next-20260101` count builds and name none. */
const FLAVOUR = /[-.]([a-z]\w*(?:[-+]\w*[a-z]\w*)*)$/i;

/** Errors: BAD_RELEASE, for a text that does not begin with a version. */
export function parseRelease(text: string): Release {
  const parts = /^(\d+)\.(\d+)(?:\.(\d+))?(?:[-~](rc\d+))?(.*)$/.exec(text);
  const base = parts && coerce(`${parts[1]}.${parts[2]}.${parts[3] ?? 0}`);
  if (!base) {
    throw new KnemError({
      code: "BAD_RELEASE",
      what: `${JSON.stringify(text)} is not a kernel's release`,
      why: "a release begins with two or three numbers, as in 7.3.4+deb13-cloud-amd64",
      remedy: "give what uname -r prints on the kernel that is meant",
    });
  }
  const rest = parts[5] ?? "";
  const flavour = FLAVOUR.exec(rest)?.[1] ?? "";
  const build = flavour ? rest.slice(0, -flavour.length - 1) : rest;
  const candidate = parts[4]?.replace("rc", "rc.");
  return {
    text,
    base: candidate ? new SemVer(`${base.version}-${candidate}`) : base,
    build,
    flavour,
  };
}

/** Older before newer: by version, then by the distribution's build; equal builds of two flavours are equal. */
export function compareReleases(a: string, b: string): number {
  const left = parseRelease(a);
  const right = parseRelease(b);
  return left.base.compare(right.base) || compareBuilds(left.build, right.build);
}

/** rpm's order, which does for all: runs of digits and of letters in turn, digits being newer; what is longer, too. */
function compareBuilds(a: string, b: string): number {
  const left = a.match(/\d+|[a-z]+/gi) ?? [];
  const right = b.match(/\d+|[a-z]+/gi) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? "", right[i] ?? ""];
    const numbers = Number(/^\d/.test(x)) - Number(/^\d/.test(y));
    const order = numbers || (/^\d/.test(x) ? Number(x) - Number(y) : compareText(x, y));
    if (order !== 0) return Math.sign(order);
  }
  return Math.sign(left.length - right.length);
}

/** Whether a release lies in a semver range (`>=7.2 <7.4`); its release candidates count as the version itself. */
export function satisfies(release: string, range: string): boolean {
  return inRange(parseRelease(release).base, range, { includePrerelease: true });
}

/** Whether a release belongs to a series: `7.3` has 7.3.4+deb13-amd64. */
export function inSeries(release: string, series: string): boolean {
  return seriesOf(release) === series;
}

/** The series that a release belongs to: `7.3` for 7.3.4+deb13-amd64. */
export function seriesOf(release: string): string {
  const { base } = parseRelease(release);
  return `${base.major}.${base.minor}`;
}

/** Debian's order of package versions (deb-version(7)): epoch, upstream version, revision; `~` before the end. */
export function comparePackages(a: string, b: string): number {
  const left = splitPackage(a);
  const right = splitPackage(b);
  const order =
    left.epoch - right.epoch ||
    compareParts(left.upstream, right.upstream) ||
    compareParts(left.revision, right.revision);
  return Math.sign(order);
}

function splitPackage(version: string) {
  const colon = version.indexOf(":");
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf("-");
  return {
    epoch: colon < 0 ? 0 : Number(version.slice(0, colon)),
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "0" : rest.slice(dash + 1),
  };
}

/** Runs of non-digits and of digits in turn, the latter as numbers. */
function compareParts(a: string, b: string): number {
  const left: string[] = a.match(/\d+|\D+/g) ?? [];
  const right: string[] = b.match(/\d+|\D+/g) ?? [];
  // Both sequences begin with a run of non-digits, be it empty.
  if (/^\d/.test(a)) left.unshift("");
  if (/^\d/.test(b)) right.unshift("");
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i] ?? "", right[i] ?? ""];
    const order = i % 2 ? Number(x) - Number(y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return 0;
}

function compareText(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = weight(a[i]) - weight(b[i]);
    if (order !== 0) return order;
  }
  return 0;
}

/** `~` before the end, the end before letters, letters before all else. */
function weight(character: string | undefined): number {
  if (character === undefined) return 0;
  if (character === "~") return -1;
  const code = character.charCodeAt(0);
  return /[A-Za-z]/.test(character) ? code : code + 256;
}
