// SPDX-License-Identifier: BSD-3-Clause
import { withBench } from "./bench.js";
import { type Maker, packCommand, packSource } from "./make.js";

/** The RPM packages, from the source tarball and the command. */
export const makeRpms: Maker = async (plan, workshop, take) => {
  const { cache, progress } = workshop;
  await withBench(cache, progress, async (bench) => {
    await packSource(plan, workshop, bench.folder);
    await packCommand(plan, workshop, bench.folder);
    await take(bench.folder);
  });
};
