// SPDX-License-Identifier: BSD-3-Clause

/** A way of compiling a client, as others may compile theirs. */
interface Way {
  readonly program: string;
  readonly source: string;
  readonly compile: readonly string[];
}

const strict = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-O2"];

const inC = (standard: string): Way => ({
  program: `client-${standard}`,
  source: "client.c",
  compile: ["gcc", `-std=${standard}`],
});

const inCpp = (standard: string): Way => ({
  program: `client-${standard}`,
  source: "client.cpp",
  compile: ["g++", `-std=${standard}`, "-Wold-style-cast"],
});

const of32Bits = (standard: string): Way => ({
  program: `client-${standard}-32`,
  source: "client.c",
  compile: ["i686-linux-gnu-gcc", `-std=${standard}`, "-static"],
});

const ways = [...["c99", "c11"].map(inC), ...["c++11", "c++17"].map(inCpp), of32Bits("c99")];

/** The shell script that compiles the clients in `sources` into `out`; no name in it needs to be quoted. */
export function compileClients(sources: string, include: string, out: string): string {
  const lines = ways.map(({ program, source, compile }) =>
    [...compile, ...strict, `-I${include}`, `${sources}/${source}`, "-o", `${out}/${program}`].join(
      " ",
    ),
  );
  return lines.join("\n");
}
