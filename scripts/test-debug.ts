// SPDX-License-Identifier: BSD-3-Clause
// pnpm test:debug [--machine debug|uml-debug]: every conformance program on kernels that look for faults, and modules with a
// mistake in them, each of which these must find out. The kernels are built once, which takes a quarter of an hour each.
import { runTiers, targets, tierTable, verdict, Workshop } from "@knem/kernels";
import { bedsWith, debugBeds, machineArgument } from "./beds.js";
import { debugTiers } from "./debug.js";
import { entryPoint } from "./entry.js";

await entryPoint(async (progress) => {
  const { machine } = machineArgument(process.argv.slice(2));
  const workshop = await Workshop.open(progress);
  const beds = bedsWith(machine, debugBeds(targets));
  const results = await runTiers(debugTiers(workshop, beds), progress);
  console.log(`\n${tierTable(results)}\n\n${verdict(results)}`);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});
