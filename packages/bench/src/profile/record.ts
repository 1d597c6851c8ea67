// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/kernels";
import { fold } from "./fold.js";
import { type Profile, total, truthful } from "./profile.js";
import { parseSubject, type Subject } from "./subject.js";
import { Symbols } from "./symbols.js";
import { calls, type Path, undisturbed } from "./trace.js";

/** A call as it was recorded, before it is known what lies where in the kernel. */
interface Recorded {
  readonly subject: Subject;
  readonly counted: number;
  /** Instructions of the clock in every path. */
  readonly own: number;
  readonly paths: readonly Path[];
}

/** Takes the traces of a run, and makes profiles of them when the run has told what lies where. */
export class Recorder {
  private readonly recorded: Recorded[] = [];

  /** Takes a trace under the label that knem-bench gave it. Errors: BENCH_TRACE_INVALID. */
  async take(label: string, file: string): Promise<void> {
    const [text = "", begin = "", end = "", counted, own] = label.split(" ");
    const subject = parseSubject(text);
    if (!subject) throw invalid(label, "it is of no call that is known");
    const paths = undisturbed(await calls(file, { begin, end }));
    // One by itself may be the shortest because it took a way of its own.
    if (paths.length < 2) throw invalid(text, "hardly a whole call is in it");
    this.recorded.push({ subject, counted: Number(counted), own: Number(own), paths });
  }

  /** The profiles, by what the guest's /proc/kallsyms says. Errors: BENCH_TRACE_INVALID. */
  profiles(kallsyms: string, rename?: (name: string) => string): Profile[] {
    const symbols = Symbols.parse(kallsyms, rename);
    return this.recorded.map((one) => profileOf(one, symbols));
  }
}

function profileOf({ subject, counted, own, paths }: Recorded, symbols: Symbols): Profile {
  const [folded, ...others] = paths.map((path) => fold(path, symbols));
  const text = JSON.stringify(folded);
  if (!folded || others.some((other) => JSON.stringify(other) !== text))
    throw invalid(subject.call, "its shortest calls are not alike");
  const functions = folded.functions.map((one) =>
    one.owner === "user space" ? { ...one, instructions: one.instructions - own } : one,
  );
  const sorted = functions.sort((a, b) => b.instructions - a.instructions);
  const made = { ...subject, counted, allocations: folded.allocations, functions: sorted };
  if (truthful(made)) return made;
  throw invalid(subject.call, `${total(made)} instructions were recorded, ${counted} counted`);
}

function invalid(label: string, why: string): KnemError {
  return new KnemError({
    code: "BENCH_TRACE_INVALID",
    what: `the trace of ${label} tells nothing`,
    why,
    remedy: "measure again while the machine has less to do",
  });
}
