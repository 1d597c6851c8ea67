// SPDX-License-Identifier: BSD-3-Clause
// pnpm test:packages: builds every package, installs, upgrades and removes them in fresh systems, and boots those.
import { runTiers, tierTable, verdict, vitest, Workshop } from "@knem/kernels";
import { entryPoint } from "./entry.js";

await entryPoint(async (progress) => {
  const { cache, checkout } = await Workshop.open(progress);
  const tier = { name: "packages", run: () => vitest(cache, checkout, "packages") };
  const results = await runTiers([tier], progress);
  console.log(`\n${tierTable(results)}\n\n${verdict(results)}`);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});
