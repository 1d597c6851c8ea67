// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Plot, size, svg } from "@knem/figures";
import type { Point, Speed, SpeedDocument } from "./speed.js";
import { stacks } from "./stacks.js";

/** Where the committed figures are, from the checkout's top. */
export const SPEEDS = "docs/performance/mpi.json";

/** A value of one point of a stack's two lines. */
type Value = (point: Point) => number;

const bandwidth: Value = ({ bytes, nanoseconds }) => (bytes / nanoseconds) * 1000;
const latency: Value = ({ nanoseconds }) => nanoseconds / 1000;

/** The latency is drawn for sizes at which copying is not yet all there is. */
const SMALL = 64 << 10;

const plots = {
  "mpi-bandwidth": (document: SpeedDocument) =>
    plot(document, "Bandwidth between two ranks", "MB/s, emulated", bandwidth, () => true),
  "mpi-latency": (document: SpeedDocument) =>
    plot(document, "Latency between two ranks", "µs, emulated", latency, (p) => p.bytes <= SMALL),
};

/** What docs/mpi-performance.md and its plots hold, by their paths from the checkout's top. */
export function documentation(document: SpeedDocument): Map<string, string> {
  const images = Object.entries(plots).map(([name, draw]): [string, string] => [
    `docs/performance/${name}.svg`,
    svg(draw(document)),
  ]);
  return new Map([["docs/mpi-performance.md", page(document)], ...images]);
}

/** Writes the documentation and the figures that it is made from; gives the paths. */
export async function writeDocumentation(
  checkout: string,
  document: SpeedDocument,
): Promise<string[]> {
  const files = documentation(document).set(SPEEDS, `${JSON.stringify(document, null, 2)}\n`);
  for (const [path, content] of files) {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await writeFile(join(checkout, path), content);
  }
  return [...files.keys()];
}

function plot(
  { speeds }: SpeedDocument,
  title: string,
  values: string,
  value: Value,
  wanted: (point: Point) => boolean,
): Plot {
  const line = (points: readonly Point[]) =>
    points.filter(wanted).map((one): [number, number] => [one.bytes, value(one)]);
  const series = speeds.flatMap(({ stack, knem, without }, colour) => [
    { name: stack, colour, points: line(knem) },
    { name: `${stack}, none`, colour, points: line(without), reference: true },
  ]);
  return { title, values, series };
}

function page({ kernel, speeds }: SpeedDocument): string {
  return `<!-- Made from ${SPEEDS} by \`pnpm test:mpi --write-docs\`; not to be edited. -->

# MPI libraries with KNEM and without

Messages between two ranks of one machine, there and back, halved; the fastest of several rounds at each size.
"Without" is the same command after the module was unloaded: the library then copies twice, through shared memory.

**These are figures of an emulator.** The stock kernel \`${kernel}\` runs in QEMU on two emulated CPUs, where copying,
system calls and cache misses cost other times than on a machine, and other programs ran beside it. They show
that KNEM carries the messages and from which size on, not what a machine gains: for that, run \`pnpm bench\` there
and see [the page about copies themselves](performance.md).

![Bandwidth between two ranks](performance/mpi-bandwidth.svg)

![Latency between two ranks](performance/mpi-latency.svg)

${speeds.map(table).join("\n")}`;
}

function table({ stack, knem, without }: Speed): string {
  const rows = knem.map((point, index) => {
    const other = without[index] ?? point;
    const gain = (other.nanoseconds / point.nanoseconds).toFixed(2);
    const both = [point, other].map((one) => latency(one).toFixed(1));
    return `| ${[size(point.bytes), ...both, gain].join(" | ")} |`;
  });
  return [
    ...[`**${stacks[stack].title}**`, "", "| message | KNEM, µs | without, µs | times as fast |"],
    ...["| --- | ---: | ---: | ---: |", ...rows, ""],
  ].join("\n");
}
