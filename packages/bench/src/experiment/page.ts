// SPDX-License-Identifier: BSD-3-Clause

import type { Sheet } from "@knem/figures";
import type { BenchDocument } from "../document.js";
import { type ExperimentName, experiments } from "./experiment.js";
import { experimentSheet, titles } from "./sheets.js";
import { verdict } from "./verdict.js";

/** What the figures of each experiment mean for the module. */
const remarks: Readonly<Record<ExperimentName, string>> = {
  split: `One half is copied by the caller, the other by a second CPU. "Awake" is a thread that does nothing but wait for the other
half, which the kernel has none of; a sleeping one has to be woken up first. Where processes exchange messages there is usually one for each
CPU, and halves only take turns. A program that has a CPU to spare can have it: two requests, one of them with \`MEMCPYTHREAD\`,
are what was measured in the module.`,
  streaming: `The copy as the kernel does it on a processor that is good at \`rep movsb\`, against stores of 16 bytes that go past the
caches (\`movntdq\`). Who receives a message reads it. The kernel has no such stores for memory of user space as a destination
anyway, so that only copies from region to region could have them.`,
  overlap: `An owner declares a region for a single use in pieces; the reader copies each as it comes. Every piece costs two requests and
a message more. With owner and reader on one CPU there is nothing to overlap. "Regions for nothing" leaves out what declaring takes: no
way of overlapping wins more, and the module would have to copy from memory that is not pinned yet to come near.`,
  prefault: `The destination was never touched: its pages come by page faults in the middle of the copy, or all at once by
\`MADV_POPULATE_WRITE\` before it; the time is that of both. On the machine itself the copy is one of \`process_vm_readv\`, which meets the
same faults at the same place. What can be saved is the interruption that a fault is, which no count of instructions shows; with huge
pages there are few. No function for it is open to modules; the call would be the receiver's, and one that uses its buffers again
needs none.`,
  references: `Taking a reference and giving it back, by the module's own source compiled for user space: one count, against a count for
some of the CPUs each. The module does the latter from the moment that several use a region at a time. The instructions
are those of a copy from a region that one reader used alone, against the same once it has stripes: they do not depend on how many readers there are,
since each of them changes no count but that of its CPU's stripe.`,
};

/** How much more two threads do than one, each with the CPU of its own. */
function scaling({ experiments }: BenchDocument): string {
  const of = (what: string) => experiments.find((one) => one.bed === "host" && one.what === what);
  const [one, two] = [of("1-thread"), of("2-threads")];
  if (!one || !two) return "";
  const [single, several] = [two.without / one.without, two.with / one.with];
  return ` Two threads do ${several.toFixed(2)} times what one does where each has a count of its own, and ${single.toFixed(2)} times with one count.`;
}

/** Where that is kept which wins. */
const keeper: Readonly<Record<ExperimentName, string>> = {
  split: "by programs, with `MEMCPYTHREAD`",
  streaming: "for copies from region to region",
  overlap: "by owners, which may declare pieces",
  prefault: "by receivers, which make the call before they copy",
  references: "in the module",
};

/** The section of docs/performance.md; nothing in figures without experiments. */
export function whatWasTried(document: BenchDocument, sheet: (one: Sheet) => string): string {
  const parts = experiments.flatMap((name) => {
    const found = verdict(document.experiments, name);
    if (!found) return [];
    const more = name === "references" ? scaling(document) : "";
    const table = sheet({ ...experimentSheet(document, name), title: "How many times as good" });
    const said = found.kept ? `Kept ${keeper[name]}` : "Not kept";
    return [
      `### ${titles[name]}\n\n${remarks[name]}${more}\n\n${table}\n**${said}.** ${found.reason}\n`,
    ];
  });
  if (parts.length === 0) return "";
  return `## What was tried

Each experiment does the same work both ways in turns and compares best with best; the bytes of every copy are looked at. None needs
code in the module to be judged. Above 1 the new way is better. It is kept if it wins by at least 5 % at every size from 1 MiB, in every setting
that stands for hardware:

- \`host\`, programs on the machine itself, stands for what processors, caches and threads do.
- \`uml\` runs the kernel's code at native speed on one CPU. It stands for pinning and copying, but not for page faults, which it
  finds in software, nor for the price of a system call.
- \`qemu\` runs the stock kernel on two CPUs, in emulation: times stand for nothing else. Counted instructions are those that
  hardware executes as well.

${parts.join("\n")}
`;
}
