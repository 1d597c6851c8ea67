// SPDX-License-Identifier: BSD-3-Clause
// npm test: every tier, quick ones first, all of them whatever fails; the last line is "N passed, N failed".
// npm run test:all (--all) adds what takes longer: every program for 32 bits, on more CPUs than there are cores, on
// every kernel of the table, in User Mode Linux, and on kernels that look for faults; fuzzing and load for minutes;
// every MPI library; every page of the site in a browser; and every test of the packages.
// npm test -- NAME… and npm run test:all -- NAME… run the tiers whose names begin so.
import { chosenTiers, runTiers, targets, tierTable, verdict, Workshop } from "@knem/kernels";
import { entryPoint } from "./entry.js";
import { tiersOf } from "./tiers.js";

await entryPoint(async (progress) => {
  const workshop = await Workshop.open(progress);
  const extent = process.argv.includes("--all") ? "all" : "usual";
  const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));
  const tiers = chosenTiers(await tiersOf(workshop, targets, extent), names);
  const results = await runTiers(tiers, progress);
  console.log(`\n${tierTable(results)}\n\n${verdict(results)}`);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});
