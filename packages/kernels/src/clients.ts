// SPDX-License-Identifier: BSD-3-Clause

import { type Platform, type PlatformName, platforms } from "./platforms.js";

/** A way of compiling a client, as others may compile theirs. */
interface Way {
  readonly program: string;
  readonly platform: PlatformName;
  readonly source: string;
  readonly compile: readonly string[];
}

const strict = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O2"];

const inC = (standard: string, platform: PlatformName, suffix = ""): Way => ({
  program: `client-${standard}${suffix}`,
  platform,
  source: "client.c",
  compile: ["gcc", `-std=${standard}`],
});

const inCpp = (standard: string, platform: PlatformName): Way => ({
  program: `client-${standard}`,
  platform,
  source: "client.cpp",
  compile: ["g++", `-std=${standard}`, "-Wold-style-cast"],
});

/** The examples that docs/interface.md shows regions of. */
const shown = (platform: PlatformName, suffix = ""): Way[] =>
  ["region", "background", "beyond", "deprecated"].map((name) => ({
    program: `${name}${suffix}`,
    platform,
    source: `${name}.c`,
    compile: ["gcc", "-std=c99"],
  }));

const ways = [
  ...["c99", "c11"].map((standard) => inC(standard, "amd64")),
  ...["c++11", "c++17"].map((standard) => inCpp(standard, "amd64")),
  ...shown("amd64"),
  inC("c99", "i386", "-32"),
  ...shown("i386", "-32"),
  inC("c99", "arm64"),
  inCpp("c++17", "arm64"),
  ...shown("arm64"),
];

/**
 * The shell script that compiles the clients that run on a platform's kernels from `sources` into `out`; no name in
 * it needs to be quoted.
 */
export function compileClients(
  platform: PlatformName,
  sources: string,
  include: string,
  out: string,
): string {
  const { arch } = platforms[platform];
  const here = ways.filter((way) => platforms[way.platform].arch === arch);
  const lines = here.map((way) => {
    const { program, source } = way;
    const words = [...compilerOf(way), ...strict, `-I${include}`, `${sources}/${source}`];
    return [...words, "-o", `${out}/${program}`].join(" ");
  });
  return lines.join("\n");
}

/** The native compiler, or the platform's own, which then links statically. */
function compilerOf({ platform, compile }: Way): string[] {
  const { cross } = platforms[platform] as Platform;
  return cross ? [`${cross.gnu}-${compile[0]}`, ...compile.slice(1), "-static"] : [...compile];
}
