// SPDX-License-Identifier: BSD-3-Clause
import { type Bed, methods } from "./document.js";

/** One boot of a bed, and the command lines of knem-bench in it. */
export interface Run {
  readonly bed: Bed;
  /** Whether instructions are counted rather than time taken. */
  readonly counted: boolean;
  readonly lines: readonly (readonly string[])[];
  /** Seconds. */
  readonly timeLimit: number;
}

const all = methods.join(",");
/** What several readers are measured with: the two that read straight from the owner. */
const shared = "process_vm_readv,inline-copy";

/** Less of the very small and the very large: those are long to run and differ little from their neighbours. */
const tiny = "8,4KiB";
const middle = "16KiB,64KiB,256KiB,1MiB,4MiB";
const large = "16MiB,64MiB";

/** Everything that is measured in a bed. */
export function runsOf(bed: Bed): Run[] {
  if (bed === "uml") return [{ bed, counted: false, lines: native, timeLimit: 1200 }];
  return [
    { bed, counted: true, lines: both(counted), timeLimit: 3600 },
    { bed, counted: false, lines: both(emulated), timeLimit: 3600 },
  ];
}

/** A little of everything, to see that it works. */
export function quickRunsOf(bed: Bed): Run[] {
  const some = ["--sizes", "8,64KiB", "--repeat", "1", "--methods", all];
  if (bed === "uml")
    return [{ bed, counted: false, lines: [[...some, "--calls"]], timeLimit: 600 }];
  return [
    { bed, counted: true, lines: [[...some, "--instructions"]], timeLimit: 600 },
    { bed, counted: false, lines: [[...some, "--readers", "2"]], timeLimit: 600 },
  ];
}

const native = [
  ["--sizes", middle, "--methods", all, "--repeat", "40", "--calls"],
  ["--sizes", large, "--methods", all, "--repeat", "20"],
];

const counted = [
  ["--instructions", "--sizes", `${tiny},${middle}`, "--methods", all, "--repeat", "7"],
  ["--instructions", "--sizes", large, "--methods", all, "--repeat", "1"],
];

const emulated = [
  ["--sizes", `${tiny},${middle}`, "--methods", all, "--repeat", "7"],
  ["--sizes", large, "--methods", all, "--repeat", "2"],
  [
    "--sizes",
    "64KiB,256KiB,1MiB,4MiB,16MiB",
    "--methods",
    shared,
    "--repeat",
    "9",
    "--readers",
    "2",
  ],
];

/** On both kinds of pages; calls tell of both by themselves. */
function both(lines: readonly (readonly string[])[]): string[][] {
  const kinds = ["small", "huge"].flatMap((pages) =>
    lines.map((line) => [...line, "--pages", pages]),
  );
  const calls = ["--methods", "none", "--calls", "--repeat", "30"];
  const clock = lines[0]?.includes("--instructions") ? ["--instructions"] : [];
  return [...kinds, [...calls, ...clock]];
}
