// SPDX-License-Identifier: BSD-3-Clause
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

/** Addresses of instructions in the order in which they were executed, as hexadecimal numbers of 16 digits. */
export type Path = readonly string[];

/** Between which instructions a call lies: from the one, which is in it, to the other, which is not. */
export interface Marks {
  readonly begin: string;
  readonly end: string;
}

// "Trace 0: 0x7f0008000100 [<segment>/<address>/<flags>/<flags>] <symbol>"
const executed = /^Trace \d+: \S+ \[[0-9a-f]+\/([0-9a-f]+)\//;

// An instruction that QEMU had announced and then put off: it comes again.
const putOff = /^(Stopped execution of TB chain before|cpu_io_recompile: rewound) /;

/** The whole calls in a trace of QEMU's. */
export async function calls(file: string, marks: Marks): Promise<Path[]> {
  return callsIn(createInterface({ input: createReadStream(file) }), marks);
}

/** The same, of its lines. */
export async function callsIn(
  lines: AsyncIterable<string> | Iterable<string>,
  { begin, end }: Marks,
): Promise<Path[]> {
  const found: Path[] = [];
  let path: string[] | undefined;
  for await (const line of lines) {
    const address = executed.exec(line)?.[1];
    if (address === undefined) {
      if (putOff.test(line)) path?.pop();
      continue;
    }
    if (address === begin) path = [];
    if (path && address === end) {
      found.push(path);
      path = undefined;
    }
    path?.push(address);
  }
  return found;
}

/** The calls of the fewest instructions: those that nothing disturbed. */
export function undisturbed(paths: readonly Path[]): Path[] {
  const least = Math.min(...paths.map(({ length }) => length));
  return paths.filter(({ length }) => length === least);
}
