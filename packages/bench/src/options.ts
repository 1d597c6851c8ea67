// SPDX-License-Identifier: BSD-3-Clause
import { parseArgs } from "node:util";
import { KnemError } from "@knem/kernels";
import { type Bed, beds } from "./document.js";
import { parseSubject, type Subject, usualSubjects } from "./profile/subject.js";

/** What a command line of `pnpm bench` asks for. */
export interface BenchOptions {
  readonly beds: readonly Bed[];
  /** Print the document instead of tables. */
  readonly json: boolean;
  /** A little of everything, to see that it works. */
  readonly quick: boolean;
  /** What a DMA engine leaves to its caller, instead of all else. */
  readonly overlap: boolean;
  /** A document to compare with. */
  readonly compare?: string;
  /** A document to use instead of measuring. */
  readonly from?: string;
  readonly writeDocs: boolean;
  /** Only see where the instructions of these calls go. */
  readonly profile?: readonly Subject[];
  /** Only try what the module might do otherwise. */
  readonly experiments: boolean;
  /** A build of the module to look at instead of this checkout's. */
  readonly module?: string;
}

const usage =
  "--bed uml or qemu (else both), --quick, --json, --from FILE, --compare FILE, --write-docs, --overlap, --experiments, --profile [CALL…] [--module FILE]";

/** Errors: USAGE. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args);
  const { bed = [...beds], json = false, quick = false, overlap = false } = values;
  const { compare, experiments = false, from, module } = values;
  const unknown = bed.find((name) => !beds.some((one) => one === name));
  if (unknown !== undefined) throw wrong(`there is no bed ${unknown}`);
  const profile = values.profile ? subjects(positionals) : undefined;
  if (!profile && positionals.length > 0) throw wrong(`${positionals[0]} is no option`);
  if (profile && experiments) throw wrong("--profile and --experiments are one or the other");
  if (!profile && module !== undefined) throw wrong("--module is for --profile");
  const writeDocs = values["write-docs"] ?? false;
  const part = quick || values.bed !== undefined;
  if (writeDocs && (from ? experiments && part : part || profile || experiments))
    throw wrong(
      "--write-docs takes figures of everything, without --quick, --bed, --profile and --experiments",
    );
  return {
    beds: beds.filter((one) => bed.includes(one)),
    json,
    quick,
    overlap,
    writeDocs,
    experiments,
    ...(compare !== undefined && { compare }),
    ...(from !== undefined && { from }),
    ...(profile && { profile }),
    ...(module !== undefined && { module }),
  };
}

function subjects(words: readonly string[]): readonly Subject[] {
  if (words.length === 0) return usualSubjects;
  return words.map((word) => {
    const subject = parseSubject(word);
    if (subject) return subject;
    const sample = "get-info, create-destroy:4KiB, inline-copy:64KiB:huge";
    throw wrong(`${word} is no call as ${sample} are`);
  });
}

function parsed(args: readonly string[]) {
  const flag = { type: "boolean" } as const;
  const file = { type: "string" } as const;
  const bed = { type: "string", multiple: true } as const;
  const files = { compare: file, from: file, module: file };
  const kinds = { experiments: flag, overlap: flag, profile: flag };
  const flags = { ...kinds, json: flag, quick: flag, "write-docs": flag };
  const options = { ...files, ...flags, bed };
  try {
    // Words after the script's name come with the separator that npm wants.
    const words = args.filter((word) => word !== "--");
    return parseArgs({ args: words, options, strict: true, allowPositionals: true });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(why: string): KnemError {
  return new KnemError({
    code: "USAGE",
    what: "the command line is not understood",
    why,
    remedy: `use ${usage}`,
  });
}
