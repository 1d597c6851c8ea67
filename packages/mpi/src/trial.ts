// SPDX-License-Identifier: BSD-3-Clause

/** What the module counts, as the program `tally` tells it; bytes where the name says so. */
export interface Tally {
  readonly submitted: number;
  readonly processed: number;
  /** Requests that were refused or failed. */
  readonly failed: number;
  /** Regions created. */
  readonly created: number;
  readonly bytesCall: number;
  readonly bytesThread: number;
  readonly bytesDma: number;
  /** What there is at the moment. */
  readonly contexts: number;
  readonly regions: number;
  readonly pinnedBytes: number;
}

/** One command that was run in a guest. */
export interface Trial {
  readonly name: string;
  /** What it wrote. */
  readonly output: string;
  /** As of `timeout`: 124 if it took too long. */
  readonly status: number;
  /** Of the guest's own time. */
  readonly seconds: number;
  /** The module's counts before it and after it; null where there was no module. */
  readonly before: Tally | null;
  readonly after: Tally | null;
  /** Where a rank was killed, what was seen meanwhile. */
  readonly killing?: Killing;
}

/** What was seen when one of two ranks was killed. */
export interface Killing {
  /** While both ran, and when the one was gone. */
  readonly both: Tally | null;
  readonly one: Tally | null;
  /** How often the heart of the other beat in the second after; 20 times, if nothing is in its way. */
  readonly beats: number;
}

/** Something to run in a guest. */
export interface Attempt {
  readonly name: string;
  readonly user: string;
  readonly command: readonly string[];
}

/** What happened in a trial by the module's count, from before to after. */
export interface Carried {
  readonly copies: number;
  readonly bytes: number;
  readonly failed: number;
  readonly created: number;
}

/** What KNEM carried in a trial; none at all where there was no module. */
export function carried({ before, after }: Trial): Carried {
  if (!before || !after) return { copies: 0, bytes: 0, failed: 0, created: 0 };
  const bytes = (of: Tally) => of.bytesCall + of.bytesThread + of.bytesDma;
  return {
    copies: after.processed - before.processed,
    bytes: bytes(after) - bytes(before),
    failed: after.failed - before.failed,
    created: after.created - before.created,
  };
}

/** What a trial left behind: contexts, regions and pinned bytes that were not there before. */
export function left({ after }: Trial): Pick<Tally, "contexts" | "regions" | "pinnedBytes"> {
  const { contexts = 0, regions = 0, pinnedBytes = 0 } = after ?? {};
  return { contexts, regions, pinnedBytes };
}

/** A word that a POSIX shell reads as exactly this text. */
export const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** The line of a guest's script that runs an attempt, by the functions of guest/trial.sh. */
export function trialLine({ name, user, command }: Attempt): string {
  return ["trial", ...[name, user, ...command].map(quote)].join(" ");
}

/** The trials of a guest's output, in the order in which they ran. */
export function parseTrials(output: string): Trial[] {
  const parts = output.split(/^%% trial /m).slice(1);
  return parts.map((part) => {
    const end = part.indexOf("\n");
    const lines = part.slice(end + 1).split("\n");
    const marks = new Map<string, string>();
    const own: string[] = [];
    for (const line of lines) {
      const mark = /%% (before|both|beats|one|after|status) (.*)$/.exec(line);
      if (mark) marks.set(mark[1] ?? "", mark[2] ?? "");
      else own.push(line);
    }
    const [status, begin, finish] = (marks.get("status") ?? "-1 0 0").split(" ").map(Number);
    return {
      name: part.slice(0, end),
      output: own.join("\n").trim(),
      status: status ?? -1,
      seconds: (finish ?? 0) - (begin ?? 0),
      before: JSON.parse(marks.get("before") ?? "null"),
      after: JSON.parse(marks.get("after") ?? "null"),
      ...(marks.has("beats") && {
        killing: {
          both: JSON.parse(marks.get("both") ?? "null"),
          one: JSON.parse(marks.get("one") ?? "null"),
          beats: Number(marks.get("beats")),
        },
      }),
    };
  });
}
