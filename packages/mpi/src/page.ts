// SPDX-License-Identifier: BSD-3-Clause
import { MEMBER } from "./people.js";
import { MPI, PLUGINS, stacks } from "./stacks.js";
import type { SystemName } from "./systems.js";
import type { Attempt } from "./trial.js";

/** How a command of the page about MPI is known to be right. */
export type Mark =
  /** It is run as it stands, in a guest that looks like a machine with that library. */
  | { readonly guest: MachineOfPage }
  /** A file of the checkout runs it. */
  | { readonly proven: string }
  /** It cannot be run, and why. */
  | { readonly unproven: string };

/** A block of shell commands on the page. */
export interface Block {
  readonly text: string;
  /** The line of the page on which it begins, from 1. */
  readonly line: number;
  /** None, if the page does not say. */
  readonly mark?: Mark;
}

/** What a reader's machine has: where the commands come from, and what stands for a library built with KNEM. */
interface ReadersMachine {
  readonly system: SystemName;
  readonly programs: "mpich" | "openmpi";
  readonly env: readonly string[];
}

const preload = `LD_PRELOAD=${PLUGINS}/libuct_knem.so.0`;
const components = (library: string) => `OMPI_MCA_mca_base_component_path=${library}`;
const pathOf = (words: readonly string[]) =>
  words[words.indexOf("mca_base_component_path") + 1] ?? "";

/** The machines that blocks may name. */
export const machinesOfPage = {
  mpich: { system: "bookworm", programs: "mpich", env: [preload] },
  openmpi4: {
    ...{ system: "bookworm", programs: "openmpi" },
    env: [components(pathOf(stacks["openmpi4-vader"].launch))],
  },
  "openmpi4-ucx": { system: "bookworm", programs: "openmpi", env: [preload] },
  openmpi5: {
    ...{ system: "trixie", programs: "openmpi" },
    env: [components(pathOf(stacks["openmpi5-smsc"].launch))],
  },
} as const satisfies Readonly<Record<string, ReadersMachine>>;

/** A name in `machinesOfPage`. */
export type MachineOfPage = keyof typeof machinesOfPage;

/** The blocks of shell commands of a page in Markdown. */
export function blocksOf(page: string): Block[] {
  const found = page.matchAll(/^```sh\b *(.*)\n([\s\S]*?)^```$/gm);
  return [...found].map(({ 1: words = "", 2: text = "", index }) => {
    const mark = markOf(words);
    const line = page.slice(0, index).split("\n").length;
    return { text: text.trim(), line, ...(mark && { mark }) };
  });
}

function markOf(words: string): Mark | undefined {
  const [, kind, quoted, bare] = /^(guest|proven|unproven)=(?:"([^"]+)"|(\S+))$/.exec(words) ?? [];
  const value = quoted ?? bare ?? "";
  if (kind === "guest" && value in machinesOfPage) return { guest: value as MachineOfPage };
  if (kind === "proven") return { proven: value };
  return kind === "unproven" ? { unproven: value } : undefined;
}

/** Whether a command runs a program on several ranks, so that KNEM should carry something. */
export const carries = ({ text }: Block): boolean => /\bmpi(exec|run)\b/.test(text);

/** The blocks that are run in a system, each as an attempt in a folder that holds `program`. */
export function attemptsOf(page: string, system: SystemName): { block: Block; attempt: Attempt }[] {
  return blocksOf(page).flatMap((block) => {
    if (!block.mark || !("guest" in block.mark)) return [];
    const machine: ReadersMachine = machinesOfPage[block.mark.guest];
    if (machine.system !== system) return [];
    const enter = `cd ${MPI}/reader.${machine.programs} && PATH=$PWD:$PATH`;
    const command = ["env", ...machine.env, "sh", "-c", `${enter}; ${block.text}`];
    return [{ block, attempt: { name: `page, line ${block.line}`, user: MEMBER, command } }];
  });
}
