// SPDX-License-Identifier: BSD-3-Clause

/** A region, by the number that it has in its context. */
export interface ListedRegion {
  readonly number: number;
  readonly singleUse: boolean;
}

/** An open descriptor of the device, and the regions that were created through it. */
export interface ListedContext {
  /** The process that opened it. */
  readonly process: number;
  /** Contexts are numbered in the order in which they are opened. */
  readonly context: number;
  readonly regions: readonly ListedRegion[];
}

/** What the verbose statistics list. */
export interface Listing {
  readonly contexts: readonly ListedContext[];
  /** Contexts of other users, which this one may not see. */
  readonly hidden: number;
}

/** The list in the lines of the statistics that are no counters; undefined where there is none. */
export function listing(lines: readonly string[]): Listing | undefined {
  const contexts: { process: number; context: number; regions: ListedRegion[] }[] = [];
  for (const line of lines) {
    const opened = /^ Pid (\d+) \(#(\d+)\)$/.exec(line);
    if (opened) {
      contexts.push({ process: Number(opened[1]), context: Number(opened[2]), regions: [] });
    }
    const region = /^ {2}Region ([0-9a-f]+)( SingleUse)?$/.exec(line);
    if (region) {
      const number = Number.parseInt(region[1] ?? "", 16);
      contexts.at(-1)?.regions.push({ number, singleUse: region[2] !== undefined });
    }
    const end = /^ Listed \d+ pids(?: \((\d+) hidden\))?$/.exec(line);
    if (end) return { contexts, hidden: Number(end[1] ?? 0) };
  }
  return undefined;
}
