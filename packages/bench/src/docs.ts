// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Sheet, svg } from "@knem/figures";
import { charts } from "./charts.js";
import { type BenchDocument, formatDocument } from "./document.js";
import { whatWasTried } from "./experiment/page.js";
import { functionSheets, ownerSheet } from "./profile/sheets.js";
import { callSheet, goalSheets, instructionSheet, speedSheet } from "./tables.js";

/** Where the committed figures are, from the checkout's top. */
export const FIGURES = "docs/performance/figures.json";

/** What docs/performance.md and its plots hold, by their paths from the checkout's top: ratios and counts, no machine. */
export function documentation(document: BenchDocument): Map<string, string> {
  const drawn = charts(document);
  const images = new Map(
    drawn.map(({ name, plot }) => [
      name,
      { path: `docs/performance/${name}.svg`, title: plot.title, content: svg(plot) },
    ]),
  );
  const image = (name: string) => {
    const { title } = images.get(name) ?? {};
    return title ? `![${title}](performance/${name}.svg)\n\n` : "";
  };
  return new Map([
    ["docs/performance.md", page(document, image)],
    ...[...images.values()].map(({ path, content }): [string, string] => [path, content]),
  ]);
}

/** Writes the documentation and the figures that it is made from. */
export async function writeDocumentation(
  checkout: string,
  document: BenchDocument,
): Promise<string[]> {
  const files = documentation(document).set(FIGURES, formatDocument(document));
  for (const [path, content] of files) {
    await mkdir(dirname(join(checkout, path)), { recursive: true });
    await writeFile(join(checkout, path), content);
  }
  return [...files.keys()];
}

function page(document: BenchDocument, image: (name: string) => string): string {
  const { uml = "", qemu = "" } = document.kernels;
  return `<!-- Made from ${FIGURES} by \`pnpm bench --write-docs\`; not to be edited. -->

# Performance

How fast a process gets at another's memory through KNEM, beside the kernel's own cross-memory attach
(\`process_vm_readv\`, \`process_vm_writev\`), a double copy through shared memory, and \`memcpy\`, the limit.
All figures are ratios within one run, or counts of instructions: neither depends on the machine much.

## What was to be reached

"KNEM in C" is the original KNEM, its copy paths unchanged, measured in the same beds. "Beside" is what \`process_vm_readv\` takes
for the same; of creating a region, what pinning its pages takes by itself, which nobody can do without.

${goalSheets(document).map(sheet).join("\n")}
## At native speed

User Mode Linux (\`${uml}\`) runs the kernel's code as a program of the machine, on one CPU, which owner and copier share.
A system call is dear there, about 8 µs, so that small copies say little.

${image("uml-against-cma")}${image("uml-against-memcpy")}${sheet(speedSheet(document, "uml", "small", false))}
## Instructions

The stock kernel \`${qemu}\` in QEMU with \`-icount shift=0,sleep=off\`, which counts every instruction. Copying itself takes one
for every 8 bytes there (\`-cpu max,-erms,-fsrm\`); what is beyond that is the way to it.

${image("instructions-small")}${image("instructions-huge")}${sheet(instructionSheet(document, "small"))}
${sheet(instructionSheet(document, "huge"))}
${sheet(callSheet(document, "qemu"))}
What begins with \`client\` is the same by \`crates/knem\` and the C library. \`create-destroy\` is both calls in turn; \`deferred\` is
what the kernel does for a region after it was destroyed: what a thousand regions cost until all is done, less their calls.
\`pin\` and \`unpin\` are calls of a module that does nothing else.

${whereTheyGo(document)}${severalReaders(image("readers"))}${whatWasTried(document, sheet)}## How it is measured

- Two processes: one owns the memory, the other copies and takes the time. Source and destination lie apart in the caches of
  address translations, and every buffer says of what pages it is made.
- Before each round the source gets a new pattern; after it, whoever received the bytes looks at every one. A wrong byte ends
  the run: figures exist only for copies that were right.
- The ways take turns, round by round, so that what disturbs one disturbs all. Best is compared with best.
- \`create-copy-destroy\` declares a region for a single use and reads it, which ends it; \`vector-copy\` reads into eight segments;
  \`shm-double-copy\` sends through a ring of shared memory, both processes copying.
- Requests and \`process_vm_readv\` are prepared before and issued by the bare system call, as the figures of KNEM in C were
  taken: what a C library or a client does around a call is its own affair.
- \`pnpm bench\` measures all of it anew, \`pnpm bench --compare ${FIGURES}\` shows what changed.
`;
}

/** Nothing in figures without profiles. */
function whereTheyGo(document: BenchDocument): string {
  if (document.profiles.length === 0) return "";
  return `## Where the instructions go

QEMU records every instruction of a call, one by one; of some tens of calls the shortest count, which nothing disturbed and which
are alike. Each has exactly as many instructions as the machine's clock counted. \`kernel entry\` is the way from the program to
the module and back: the system call, the file, the security hooks. \`kernel\` is what the module has the kernel do; page pinning,
allocation and copying are parts of that, each with all that it calls. Of every 4 KiB of a copy, the 512 instructions of the
copying itself are left out. What stands under "the rest" would be left if the module's own code took no instruction at all: where
that is above a goal, no module reaches it by these calls.

${[ownerSheet(document), ...functionSheets(document, false)].map(sheet).join("\n")}
\`pnpm bench --profile CALL\` shows it of any call.

`;
}

/** Figures of several readers say something only where a machine has nothing else to do; they may be missing. */
function severalReaders(plot: string): string {
  if (plot === "") return "";
  return `## Several readers

On two emulated CPUs. While one reads alone, the other CPU is kept busy with nothing, or the comparison would be one of the
machine's own clock.

${plot}`;
}

/** A table in Markdown under its title. */
function sheet({ title, header, rows }: Sheet): string {
  if (rows.length === 0) return "";
  // A name of Rust's in angle brackets would be taken for a tag.
  const cell = (text: string) => (text.includes("<") ? `\`${text}\`` : text);
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const rule = header.map((_, column) => (column === 0 ? "---" : "---:"));
  return `**${title}**\n\n${[header, rule, ...rows].map(line).join("\n")}\n`;
}
