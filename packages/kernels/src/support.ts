// SPDX-License-Identifier: BSD-3-Clause
import { nameOf, type Target, targets } from "./targets.js";
import { buildPackages } from "./toolchains.js";
import { seriesOf } from "./versions.js";

/** What a run of the whole matrix found for one target. */
export interface Support {
  readonly target: Target;
  /** Where it is not the usual one of the architecture. */
  readonly machine?: string;
  /** What `uname -r` says there. */
  readonly release: string;
  /** `rustc 1.85.1, gcc 14.2.0`. */
  readonly compilers: string;
  /** Seconds that building the module took. */
  readonly build: number;
  readonly passed: number;
  readonly failed: number;
  /** Seconds from switching the machine on to its end, all tests done. */
  readonly tests: number;
}

/** Where the page and what it is made of stand in a checkout. */
export const SUPPORT_PAGE = "docs/support.md";
export const SUPPORT_DATA = "docs/support.json";

/** Kernels for which the module cannot be built, or nobody has tried. */
const others: readonly { readonly kernels: string; readonly why: string }[] = [
  {
    kernels: "6.12 of Debian 13 and 6.1 of Debian 12, their default kernels",
    why: "They are built without Rust (`CONFIG_RUST` is off). trixie-backports has kernels with it for Debian 13.",
  },
  {
    kernels: "Any other kernel without `CONFIG_RUST`, such as those of RHEL and SLES",
    why: "The module is written against the kernel's own Rust crates, which are not there. DKMS skips such a kernel.",
  },
  {
    kernels: "A kernel whose compilers are not installed",
    why: "Rust's metadata can only be read by the very rustc that wrote it, and gcc is part of the kernel's configuration.",
  },
  {
    kernels: "Kernels for 32-bit machines",
    why: "Pinned pages are reached through the direct map, which holds all memory on 64-bit machines only. 32-bit _programs_ work.",
  },
  {
    kernels: "Building on arm64",
    why: "Nothing is known to stand in its way, but kernels for arm64 have only been built on amd64.",
  },
  {
    kernels: "arm64 with pages of 16 KiB or 64 KiB",
    why: "Nothing in the module depends on the size of a page, but no such kernel has been tried.",
  },
];

const versal = [
  "On _versal_, QEMU's model of AMD's SoC, the module has DMA engines to copy with. Debian leaves their",
  "driver out, so it is built from the source package of the same version, unchanged.",
].join("\n");

/** The targets about which a matrix says nothing. */
export function unsupported(all: readonly Support[], wanted: readonly Target[] = targets) {
  const known = new Set(all.map(({ target }) => nameOf(target)));
  return wanted.filter((target) => !known.has(nameOf(target)));
}

/** The page that tells what works on which kernel. */
export function supportPage(all: readonly Support[]): string {
  return `${[
    "# Kernels",
    "<!-- Written by `pnpm test:kernels` from support.json. -->",
    [
      "Each of these stock kernels was booted, unmodified, in an emulated machine, and had the module",
      "loaded and all conformance programs run on it ([what they prove](contract.md)). Adding a kernel",
      "is adding a record to `packages/kernels/src/targets.ts`; `pnpm test:kernels` then writes this",
      "page anew, for the newest kernel of each series that the archive has at that time.",
    ].join("\n"),
    results(all),
    [
      "_build_ and _seconds_ were measured on the machine that ran the matrix: building the module, and",
      "booting with all the tests, which an emulated machine takes much longer for than a real one.",
      "Guests of arm64 have no Node, so the tests of the JavaScript API run on amd64 alone.",
    ].join("\n"),
    ...(all.some(({ machine }) => machine === "versal") ? [versal] : []),
    "## What building takes",
    "Beside the kernel's headers and the source package of the same version:",
    ...packageLists(all),
    "## What does not work, or is not known to",
    others.map(({ kernels, why }) => `- **${kernels}.** ${why}`).join("\n"),
  ].join("\n\n")}\n`;
}

function results(all: readonly Support[]): string {
  const rows = all.map(({ target, machine, release, compilers, build, passed, failed, tests }) => [
    release,
    target.suite,
    machine ? `${target.arch}, ${machine}` : target.arch,
    compilers,
    `${build.toFixed(1)} s`,
    failed === 0 ? `${passed} passed` : `${passed} passed, **${failed} failed**`,
    tests.toFixed(0),
  ]);
  const header = ["kernel", "suite", "architecture", "compilers", "build", "tests", "seconds"];
  return markdownTable(header, rows);
}

/** One list for each toolchain, in the order in which the matrix first needs it. */
function packageLists(all: readonly Support[]): string[] {
  const names = [...new Set(all.map(({ target }) => target.toolchain))];
  return names.map((name) => {
    const users = all.filter(({ target }) => target.toolchain === name);
    const kernels = new Set(users.map(({ release }) => `\`linux-headers-${release}\``));
    const sources = [
      ...new Set(users.map(({ release }) => `\`linux-source-${seriesOf(release)}\``)),
    ];
    const where = users.some(({ target }) => target.arch !== "amd64") ? ", built on amd64" : "";
    return [
      `For ${[...kernels].join(", ")} with ${sources.join(" or ")}${where}:`,
      "",
      "```text",
      ...wrapped(buildPackages(name), 96),
      "```",
    ].join("\n");
  });
}

/** Words in lines of at most `width` characters. */
function wrapped(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.pop();
    const longer = last === undefined ? word : `${last} ${word}`;
    if (longer.length <= width) lines.push(longer);
    else lines.push(last ?? "", word);
  }
  return lines;
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}
