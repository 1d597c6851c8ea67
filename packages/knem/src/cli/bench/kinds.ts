// SPDX-License-Identifier: BSD-3-Clause

/** What `knem bench` is told. */
export interface Wishes {
  /** Bytes of the copies, as knem-bench takes them: `4KiB,1MiB`. */
  readonly sizes?: string | undefined;
  readonly repeat?: string | undefined;
  readonly pages?: string | undefined;
  /** How many processes a collective has beside the one in the middle. */
  readonly processes: number;
}

/** One run of knem-bench, and what it is called beside the others of its kind. */
export interface Run {
  readonly name: string | null;
  readonly args: readonly string[];
}

/** Something that can be measured. */
export interface Kind {
  readonly title: string;
  readonly runs: (wishes: Wishes) => readonly Run[];
}

const SMALL = "8,256,4KiB,16KiB,64KiB,256KiB,1MiB,4MiB";
const MIDDLE = "16KiB,64KiB,256KiB,1MiB,4MiB,16MiB";
/** Percentiles need rounds, and every one of them its own time. */
const EACH = ["--each", "--repeat", "200"];

const once =
  (sizes: string, ...args: string[]): Kind["runs"] =>
  (wishes) => [{ name: null, args: [...args, "--sizes", sizes, ...common(wishes)] }];

/** By their names on the command line, in the order in which they are told. */
export const kinds: Readonly<Record<string, Kind>> = {
  copy: {
    title: "Copies between two processes, by the ways there are",
    runs: once(
      MIDDLE,
      "--methods",
      "inline-copy,inline-write,process_vm_readv,shm-double-copy",
      ...EACH,
    ),
  },
  pingpong: {
    title: "Ping-pong between two processes: half a round trip",
    runs: once(SMALL, "--methods", "ping-pong", ...EACH),
  },
  region: {
    title: "What regions and calls cost",
    runs: once(MIDDLE, "--methods", "none", "--calls", "--repeat", "200"),
  },
  "one-to-all": {
    title: "All copy from one process at once",
    runs: (wishes) => collective(wishes, "inline-copy,process_vm_readv"),
  },
  "all-to-one": {
    title: "All copy to one process at once, each to its own part",
    runs: (wishes) => collective(wishes, "inline-write"),
  },
  vectors: {
    title: "Copies into so many segments",
    runs: (wishes) =>
      [1, 4, 16, 64, 256].map((pieces) => ({
        name: pieces === 1 ? "1 segment" : `${pieces} segments`,
        args: [
          ...["--methods", "vector-copy", "--pieces", String(pieces)],
          ...[...EACH, "--sizes", MIDDLE, ...common(wishes)],
        ],
      })),
  },
  overlap: {
    title: "Copies in a kernel thread, hidden behind computing",
    runs: once(MIDDLE, "--methods", "none", "--overlap", "--repeat", "21"),
  },
};

function collective(wishes: Wishes, methods: string): readonly Run[] {
  const args = ["--methods", methods, "--readers", String(wishes.processes), "--repeat", "21"];
  return once(MIDDLE, ...args)(wishes);
}

/** What a wish overrides comes last: knem-bench heeds the last word. */
function common({ sizes, repeat, pages }: Wishes): string[] {
  const said = { sizes, repeat, pages };
  return Object.entries(said).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, value],
  );
}
