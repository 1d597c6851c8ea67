// SPDX-License-Identifier: BSD-3-Clause
import type { Bed } from "../kinds.js";
import type { Place } from "./experiment.js";

/** Command lines of knem-bench in one place. */
export interface ExperimentRun {
  readonly bed: Place;
  /** Whether instructions are counted rather than time taken. */
  readonly counted: boolean;
  readonly lines: readonly (readonly string[])[];
  /** Seconds. */
  readonly timeLimit: number;
}

const line = (names: string, sizes: string, repeat: number, ...more: string[]) => [
  ...["--experiments", names, "--sizes", sizes, "--repeat", String(repeat)],
  ...more,
];

const native = "split-memcpy,streaming,prefault-attached,references";
const one = "1MiB,4MiB,16MiB";

/** Everything that is tried on the machine as it is and in these beds. */
export function experimentRuns(beds: readonly Bed[]): ExperimentRun[] {
  const host = line(native, `${one},64MiB`, 25);
  return [
    { bed: "host", counted: false, timeLimit: 300, lines: [host] },
    ...chosen(beds, {
      uml: line("overlap,pinning,prefault", one, 25),
      timed: line("split-region,overlap,prefault", one, 5),
      counted: [line("pinning,prefault", one, 7), line("stripes", "8,64KiB,1MiB", 5)],
    }),
  ];
}

/** Each of them once, to see that it works. */
export function quickExperimentRuns(beds: readonly Bed[]): ExperimentRun[] {
  return [
    { bed: "host", counted: false, timeLimit: 60, lines: [line(native, "2MiB", 1)] },
    ...chosen(beds, {
      uml: line("overlap,pinning,prefault", "2MiB", 1),
      timed: line("split-region,overlap,prefault", "1MiB,2MiB", 1),
      counted: [line("pinning,prefault", "2MiB", 1), line("stripes", "8", 1)],
    }),
  ];
}

interface Lines {
  readonly uml: readonly string[];
  readonly timed: readonly string[];
  readonly counted: readonly (readonly string[])[];
}

function chosen(beds: readonly Bed[], { uml, timed, counted }: Lines): ExperimentRun[] {
  const counts = counted.map((line) => [...line, "--instructions"]);
  return beds.flatMap((bed): ExperimentRun[] =>
    bed === "uml"
      ? [{ bed, counted: false, timeLimit: 600, lines: [uml] }]
      : [
          { bed, counted: false, timeLimit: 900, lines: [timed] },
          { bed, counted: true, timeLimit: 900, lines: counts },
        ],
  );
}
