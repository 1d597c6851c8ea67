// SPDX-License-Identifier: BSD-3-Clause
// npm test: every tier, quick ones first, all of them whatever fails; the last line is "N passed, N failed".
import {
  check,
  must,
  runTiers,
  targets,
  tierTable,
  verdict,
  vitest,
  Workshop,
} from "@knem/kernels";
import { conformance } from "./conformance.js";
import { entryPoint } from "./entry.js";

await entryPoint(async (progress) => {
  const workshop = await Workshop.open(progress);
  const { cache, checkout } = workshop;
  const target = targets[0];
  if (!target) throw new Error("the table of targets is empty");

  const biome = () =>
    must(
      "biome is not content",
      process.execPath,
      ["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off"],
      {
        cwd: checkout,
        remedy: "pnpm format mends most of it",
      },
    );
  const builder = () => workshop.builder(target);
  const results = await runTiers(
    [
      check("TypeScript format and lint", biome),
      { name: "TypeScript", run: () => vitest(cache, checkout, "unit") },
      check("Rust format", async () => (await workshop.userland()).checkFormat()),
      check("module format", async () => (await builder()).checkFormat()),
      check("Rust lint", async () => (await workshop.userland()).lint()),
      { name: "Rust", run: async () => (await workshop.userland()).test() },
      check("module build", () => workshop.module(target)),
      check("module lint", async () => (await builder()).lint(await workshop.grafted(target))),
      check("binding declarations", async () => (await workshop.userland()).checkDeclarations()),
      { name: "Node binding", run: () => vitest(cache, checkout, "binding") },
      { name: "guest", run: () => vitest(cache, checkout, "guest") },
      { name: "conformance", run: () => conformance(workshop, target) },
    ],
    progress,
  );
  console.log(`\n${tierTable(results)}\n\n${verdict(results)}`);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});
