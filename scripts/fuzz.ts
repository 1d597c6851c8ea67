// SPDX-License-Identifier: BSD-3-Clause
// pnpm fuzz [--seconds 60] [target]…: feeds the module's decisions with inputs that reach ever more of their code, for so
// long each; the targets are those of fuzz/fuzz_targets, by default all.
import { parseArgs } from "node:util";
import { runTiers, tierTable, verdict, Workshop } from "@knem/kernels";
import { entryPoint } from "./entry.js";
import { fuzzTiers } from "./fuzzing.js";

await entryPoint(async (progress) => {
  const options = { seconds: { type: "string", default: "60" } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const workshop = await Workshop.open(progress);
  const tiers = await fuzzTiers(workshop, Number(values.seconds), positionals);
  const results = await runTiers(tiers, progress);
  console.log(`\n${tierTable(results)}\n\n${verdict(results)}`);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});
