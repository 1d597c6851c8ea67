// SPDX-License-Identifier: BSD-3-Clause
import { type Trace, timeline } from "@knem/figures";
import type { Tier, Workshop } from "@knem/kernels";
import { type Bed, bedName, SOAK } from "./beds.js";
import { BIN, outfit } from "./outfit.js";

/** How things stood at one second; bytes, and numbers of what there was. */
interface Sample {
  readonly seconds: number;
  /** Copied since the module was loaded. */
  readonly bytes: number;
  readonly pinned: number;
  /** The kernel's small objects that it cannot give up. */
  readonly slab: number;
}

/** What came of a soak. */
export interface Soaked {
  readonly holds: boolean;
  /** Its one line. */
  readonly line: string;
  /** Throughput, pinned memory and slab over time, as an SVG document. */
  readonly plot: string;
}

/** Lets many processes copy, verify and be killed for so many minutes. Errors: those of a guest's run. */
export async function soak(workshop: Workshop, bed: Bed, minutes: number): Promise<Soaked> {
  const guest = await outfit(workshop, bed, { crate: "knem-check", only: [SOAK] });
  const seconds = Math.round(minutes * 60);
  const { status, output } = await guest.run({
    command: [`${BIN}/${SOAK}`, String(seconds)],
    memory: 2048,
    timeLimit: 2 * seconds + 300,
  });
  const lines = output.trim().split("\n");
  const samples = lines.filter((line) => line.startsWith("{")).map((line) => sample(line));
  const line = lines.at(-1) ?? "";
  const holds = status === 0;
  const told = lines.filter((line) => line.startsWith("#"));
  return {
    holds,
    line: holds ? line : [...told, line].join("\n"),
    plot: timeline(`KNEM under load, ${bedName(bed, guest.release)}`, traces(samples)),
  };
}

const sample = (line: string): Sample => JSON.parse(line);

const MIB = 1 << 20;

/** Throughput between samples; what is pinned and what the kernel holds at them. */
export function traces(samples: readonly Sample[]): Trace[] {
  const speeds = samples.slice(1).map(({ seconds, bytes }, index) => {
    const before = samples[index] ?? { seconds: 0, bytes: 0 };
    return [seconds, (bytes - before.bytes) / MIB / (seconds - before.seconds)] as const;
  });
  const over = (value: (sample: Sample) => number) =>
    samples.map((one) => [one.seconds, value(one) / MIB] as const);
  return [
    { name: "Copied", unit: "MiB/s", points: speeds },
    { name: "Pinned", unit: "MiB", points: over(({ pinned }) => pinned) },
    { name: "Slab that stays", unit: "MiB", points: over(({ slab }) => slab) },
  ];
}

/** So many minutes of it as a part of the tests. */
export function soakTier(workshop: Workshop, bed: Bed, minutes: number): Tier {
  const run = async () => {
    const { holds, line } = await soak(workshop, bed, minutes);
    return holds ? { passed: 1, failed: 0 } : { passed: 0, failed: 1, failures: line };
  };
  return { name: `soaking, ${minutes} minutes`, run };
}
