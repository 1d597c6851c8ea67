// SPDX-License-Identifier: BSD-3-Clause
import { parseArgs } from "node:util";
import { KnemError } from "@knem/kernels";
import { type Bed, beds } from "./document.js";

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
}

const usage =
  "--bed uml or qemu (else both), --overlap, --quick, --json, --from FILE, --compare FILE, --write-docs";

/** Errors: USAGE. */
export function benchOptions(args: readonly string[]): BenchOptions {
  const { values } = parsed(args);
  const { bed = [...beds], json = false, quick = false, overlap = false, compare, from } = values;
  const unknown = bed.find((name) => !beds.some((one) => one === name));
  if (unknown !== undefined) throw wrong(`there is no bed ${unknown}`);
  const writeDocs = values["write-docs"] ?? false;
  if (writeDocs && !from && (quick || values.bed))
    throw wrong("--write-docs takes figures of everything, without --quick and --bed");
  return {
    beds: beds.filter((one) => bed.includes(one)),
    json,
    quick,
    overlap,
    writeDocs,
    ...(compare !== undefined && { compare }),
    ...(from !== undefined && { from }),
  };
}

function parsed(args: readonly string[]) {
  const flag = { type: "boolean" } as const;
  const file = { type: "string" } as const;
  const bed = { type: "string", multiple: true } as const;
  const files = { compare: file, from: file };
  const options = { ...files, bed, json: flag, overlap: flag, quick: flag, "write-docs": flag };
  try {
    // Words after the script's name come with the separator that npm wants.
    return parseArgs({ args: args.filter((word) => word !== "--"), options, strict: true });
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
