// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Kernel } from "@knem/kernels";
import { withBench } from "./bench.js";
import { debianChangelog, MAINTAINER } from "./changelog.js";
import { buildPackage } from "./deb.js";
import { type Entry, layOut } from "./entry.js";
import type { Maker } from "./make.js";
import { finishedModule } from "./module.js";
import type { Plan } from "./plan.js";

/** Where the debian/ of these packages is, with names to fill in. */
const TEMPLATES = "packages/packaging/kmod/debian";

/** A Debian package with knem.ko for each kernel of the plan. */
export const makeKmods: Maker = async (plan, workshop, take) => {
  const { cache, progress } = workshop;
  await withBench(cache, progress, async (bench) => {
    for (const kernel of plan.kernels) {
      const folder = join(bench.folder, kernel.release);
      await layOut(await debian(plan, kernel), folder);
      await finishedModule(workshop, kernel.target, folder, plan.signing);
      await buildPackage(bench, progress, kernel.release, plan.epoch, kernel.target.arch);
    }
    await take(bench.folder);
  });
};

/** The debian/ of a kernel's package. */
async function debian(plan: Plan, { release, target }: Kernel): Promise<Entry[]> {
  const folder = join(plan.checkout, TEMPLATES);
  const words = { RELEASE: release, ARCH: target.arch, MAINTAINER };
  const fill = (text: string) =>
    text.replaceAll(/@([A-Z]+)@/g, (all, name) => words[name as keyof typeof words] ?? all);
  const files = (await readdir(folder)).map(async (name) => ({
    to: `debian/${name}`,
    content: { text: fill(await readFile(join(folder, name), "utf8")) },
  }));
  const changelog = { text: debianChangelog("knem-modules", plan) };
  return [...(await Promise.all(files)), { to: "debian/changelog", content: changelog }];
}
