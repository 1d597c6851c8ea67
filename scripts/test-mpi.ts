// SPDX-License-Identifier: BSD-3-Clause
// pnpm test:mpi: runs Debian's own MPI libraries on the module, with plugins of their unchanged sources.
// With --write-docs it measures them instead and writes docs/mpi-performance.md.
import {
  runTiers,
  type Target,
  targets,
  tierTable,
  verdict,
  vitest,
  Workshop,
} from "@knem/kernels";
import {
  measure,
  mpiGuest,
  type SystemName,
  stacksOf,
  systems,
  writeDocumentation,
} from "@knem/mpi";
import { entryPoint } from "./entry.js";

await entryPoint(async (progress) => {
  const workshop = await Workshop.open(progress);
  const { cache, checkout } = workshop;
  if (process.argv.includes("--write-docs")) {
    const target = targets[0] as Target;
    const speeds = [];
    for (const system of Object.keys(systems) as SystemName[]) {
      const guest = await mpiGuest(workshop, target, system);
      const names = stacksOf(system).map(([name]) => name);
      speeds.push(...(await measure(guest, names)));
    }
    const { release } = await workshop.kernel(target);
    const written = await writeDocumentation(checkout, { kernel: release, speeds });
    progress.note(`wrote ${written.join(", ")}`);
    return 0;
  }
  const tier = { name: "MPI", run: () => vitest(cache, checkout, "mpi") };
  const results = await runTiers([tier], progress);
  console.log(`\n${tierTable(results)}\n\n${verdict(results)}`);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});
