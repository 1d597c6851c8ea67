// SPDX-License-Identifier: BSD-3-Clause
import { type Block, proofOf, readPage } from "@knem/documents";
import { MEMBER } from "./people.js";
import { MPI, PLUGINS, stacks } from "./stacks.js";
import type { SystemName } from "./systems.js";
import type { Attempt } from "./trial.js";

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

/** Whether a command runs a program on several ranks, so that KNEM should carry something. */
export const carries = ({ text }: Block): boolean => /\bmpi(exec|run)\b/.test(text);

/**
 * The blocks of a page that are run in a system, each as an attempt in a folder that holds `program`.
 * Errors: a block that names a machine that is not there.
 */
export function attemptsOf(page: string, system: SystemName): { block: Block; attempt: Attempt }[] {
  return readPage(page).blocks.flatMap((block) => {
    const proof = proofOf(block.info);
    if (proof?.kind !== "stack") return [];
    const machine = machineOf(proof.stack);
    if (machine.system !== system) return [];
    const enter = `cd ${MPI}/reader.${machine.programs} && PATH=$PWD:$PATH`;
    const command = ["env", ...machine.env, "sh", "-c", `${enter}; ${block.text}`];
    return [{ block, attempt: { name: `page, line ${block.line}`, user: MEMBER, command } }];
  });
}

function machineOf(name: string): ReadersMachine {
  if (Object.hasOwn(machinesOfPage, name)) return machinesOfPage[name as MachineOfPage];
  const known = Object.keys(machinesOfPage).join(", ");
  throw new Error(`a block is for ${name}, and there are only ${known}`);
}
