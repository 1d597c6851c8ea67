// SPDX-License-Identifier: BSD-3-Clause
// npm test: every tier, quick ones first, all of them whatever fails; the last line is "N passed, N failed".
// npm run test:all (--all) adds what takes longer: every program for 32 bits, on more CPUs than there are cores, on
// every kernel of the table, in User Mode Linux, and on kernels that look for faults; and every test of the packages.
import { beds, measure, quickExperimentRuns, quickRunsOf, tryOut } from "@knem/bench";
import { findUnsafe, sumOf } from "@knem/contract";
import {
  buildKmods,
  check,
  must,
  runTiers,
  type Target,
  targets,
  tierTable,
  verdict,
  vitest,
  Workshop,
} from "@knem/kernels";
import { buildHere, visitSite } from "@knem/site";
import { bedName, bedsOf, debugBeds, umlBeds } from "./beds.js";
import { conformance, type Run } from "./conformance.js";
import { debugTiers } from "./debug.js";
import { entryPoint } from "./entry.js";
import { fuzzTiers } from "./fuzzing.js";
import { brief, briefMpi, dma, dmaFaults, long, narrow, race, telling } from "./parts.js";
import { reportsOf } from "./reports.js";
import { soakTier } from "./soaking.js";

const all = process.argv.includes("--all");

/** Races need more CPUs than there are cores: then threads are stopped anywhere. */
const usual: (Run & { name: string })[] = [
  {
    name: "conformance",
    wants: (program) => !race(program) && (all || !long(program)),
    clients: true,
  },
  { name: "races on 4 CPUs", wants: race, cpus: 4 },
];
const runs = all
  ? [
      ...usual,
      { name: "conformance on 4 CPUs", clients: true, long: true, cpus: 4 },
      { name: "32-bit programs", platform: "i386" as const },
    ]
  : [...usual, { name: "32-bit programs", platform: "i386" as const, only: narrow }];

/** Beside the first kernel of the table: all, or one of each series and toolchain with a part of the programs. */
const [first, ...rest] = targets;
const alike = (a: Target, b: Target) => a.series === b.series && a.toolchain === b.toolchain;
const firstOfItsKind = (one: Target) => targets.find((other) => alike(one, other)) === one;
const others = all ? rest : rest.filter(firstOfItsKind);
const elsewhere: Run = all ? { clients: true } : { only: [...telling, ...dma] };

/** Stock kernels of the first one's flavour have no DMA engines at all. */
const withDma = targets.find(({ flavour }) => flavour === "amd64");
const dmaRun: Run = all ? { clients: true } : { only: [...telling, ...dma, ...dmaFaults] };

/** User Mode Linux takes long to build, once. */
const stock = ["qemu"] as const;
const uml = all ? umlBeds(targets) : [];
const debug = all ? debugBeds(targets) : [];

await entryPoint(async (progress) => {
  const workshop = await Workshop.open(progress);
  const { cache, checkout } = workshop;
  const target = first;
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
  const visit = async () => {
    const { pages, problems } = await visitSite(workshop, await reportsOf(checkout));
    return { passed: pages, failed: problems.length, failures: problems.join("\n") };
  };
  const results = await runTiers(
    [
      check("TypeScript format and lint", biome),
      { name: "TypeScript", run: () => vitest(cache, checkout, "unit") },
      check("unsafe code", async () => {
        const all = await findUnsafe(checkout);
        const told = [...all, sumOf(all)].map(({ file, blocks }) => `${blocks} ${file}`);
        progress.note(`unsafe blocks: ${told.join(", ")}`);
      }),
      check("Rust format", async () => (await workshop.userland()).checkFormat()),
      check("module format", async () => (await builder()).checkFormat()),
      check("Rust lint", async () => (await workshop.userland()).lint()),
      { name: "Rust", run: async () => (await workshop.userland()).test() },
      check("module build", () => workshop.module(target)),
      check("module lint", async () => (await builder()).lint(await workshop.grafted(target))),
      check("binding declarations", async () => (await workshop.userland()).checkDeclarations()),
      { name: "Node binding", run: () => vitest(cache, checkout, "binding") },
      { name: "guest", run: () => vitest(cache, checkout, "guest") },
      check("benchmarks, a little of each", () =>
        measure(workshop, target, (all ? beds : stock).flatMap(quickRunsOf)),
      ),
      check("experiments, each once", () =>
        tryOut(workshop, target, quickExperimentRuns(all ? beds : stock)),
      ),
      ...runs.map(({ name, ...run }) => ({
        name,
        run: () => conformance(workshop, { target }, run),
      })),
      ...(withDma ? [{ target: withDma, softwareDma: true }] : []).map((bed) => ({
        name: bedName(bed),
        run: () => conformance(workshop, bed, dmaRun),
      })),
      ...uml.map((bed) => ({ name: bedName(bed), run: () => conformance(workshop, bed, {}) })),
      ...debugTiers(workshop, debug),
      ...(all ? await fuzzTiers(workshop, 60) : []),
      ...(all ? [soakTier(workshop, { target }, 10)] : []),
      check("modules for other kernels", async () => {
        const failed = (await buildKmods(workshop, others)).find(({ built }) => !built);
        if (failed) throw failed.error;
      }),
      ...bedsOf(others).map((bed) => ({
        name: bedName(bed),
        run: () => conformance(workshop, bed, elsewhere),
      })),
      { name: "MPI", run: () => vitest(cache, checkout, "mpi", all ? [] : briefMpi) },
      all ? { name: "site", run: visit } : check("site", () => buildHere(workshop)),
      { name: "packages", run: () => vitest(cache, checkout, "packages", all ? [] : brief) },
    ],
    progress,
  );
  console.log(`\n${tierTable(results)}\n\n${verdict(results)}`);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});
