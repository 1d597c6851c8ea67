// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { together, type Workshop } from "@knem/kernels";
import { commandTree } from "./command.js";
import type { Plan } from "./plan.js";
import { sourceTree } from "./sources.js";
import { pack } from "./tarball.js";

/** Makes a plan's products and shows the folder that they lie in, when all are whole and have been checked. */
export type Maker = (
  plan: Plan,
  workshop: Workshop,
  take: (folder: string) => Promise<void>,
) => Promise<void>;

/** Packs knem-<version>.tar.gz into `folder`. */
export async function packSource(plan: Plan, { cache }: Workshop, folder: string): Promise<void> {
  const { checkout, version, epoch } = plan;
  const top = `knem-${version}`;
  const entries = await sourceTree(checkout, plan);
  await pack(cache, entries, { top, epoch, file: join(folder, `${top}.tar.gz`) });
}

/** Packs the knem command into `folder`, as knem-command-<version>.tar.gz. */
export async function packCommand(plan: Plan, workshop: Workshop, folder: string): Promise<void> {
  const { checkout, version, epoch } = plan;
  const [{ file: binding }, programs] = await together([
    workshop.binding(),
    workshop.programs({ crate: "knem-bench" }),
  ]);
  const bench = join(programs.folder, "knem-bench");
  const entries = await commandTree(checkout, { binding, bench }, version);
  const file = join(folder, `knem-command-${version}.tar.gz`);
  await pack(workshop.cache, entries, { top: "command", epoch, file });
}
