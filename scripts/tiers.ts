// SPDX-License-Identifier: BSD-3-Clause
import { beds, measure, quickExperimentRuns, quickRunsOf, tryOut } from "@knem/bench";
import { findUnsafe, sumOf } from "@knem/contract";
import {
  type Abreast,
  buildKmods,
  check,
  interpret,
  must,
  type Target,
  type Tier,
  vitest,
  type Workshop,
} from "@knem/kernels";
import { buildHere, visitSite } from "@knem/site";
import { type Bed, bedName, bedsOf, debugBeds, umlBeds } from "./beds.js";
import { conformance, type Run } from "./conformance.js";
import { debugTiers } from "./debug.js";
import { fuzzTiers } from "./fuzzing.js";
import {
  brief,
  briefGuest,
  briefMpi,
  dma,
  dmaFaults,
  long,
  narrow,
  race,
  telling,
} from "./parts.js";
import { reportsOf } from "./reports.js";
import { soakTier } from "./soaking.js";

/** How much of the tests is run: what fits a quarter of an hour, or everything. */
export type Extent = "usual" | "all";

/** What `targets` are tried for, quick tiers first. */
export async function tiersOf(
  workshop: Workshop,
  targets: readonly Target[],
  extent: Extent,
): Promise<(Tier | Abreast)[]> {
  const [target, ...others] = targets;
  if (!target) throw new Error("the table of targets is empty");
  const all = extent === "all";
  const { guest, mpi, site, packages } = suites(workshop, extent);
  const [conformance, ...further] = contract(workshop, target, extent);
  return [
    ...sources(workshop, target),
    site,
    [guest, packages],
    ...benchmarks(workshop, target, extent),
    [conformance, mpi],
    ...further,
    ...engines(workshop, targets, extent),
    ...(all ? await endurance(workshop, targets, target) : []),
    ...kernels(workshop, all ? others : targets.filter(firstOfItsKind).slice(1), extent),
  ];
}

/** What needs no guest. */
function sources(workshop: Workshop, target: Target): Tier[] {
  const { cache, checkout } = workshop;
  const userland = () => workshop.userland();
  const builder = () => workshop.builder(target);
  return [
    check("TypeScript format and lint", () => biome(checkout)),
    { name: "TypeScript", run: () => vitest(cache, checkout, "unit") },
    check("unsafe code", () => tellUnsafe(workshop)),
    check("Rust format", async () => (await userland()).checkFormat()),
    check("module format", async () => (await builder()).checkFormat()),
    check("Rust lint", async () => (await userland()).lint()),
    { name: "Rust", run: async () => (await userland()).test() },
    check("module build", () => workshop.module(target)),
    check("module lint", async () => (await builder()).lint(await workshop.grafted(target))),
    check("binding declarations", async () => (await userland()).checkDeclarations()),
    { name: "Node binding", run: () => binding(workshop) },
  ];
}

/** Built first, whatever ran before. */
async function binding(workshop: Workshop) {
  await (await workshop.userland()).binding();
  return vitest(workshop.cache, workshop.checkout, "binding");
}

const biome = (checkout: string) =>
  must(
    "biome is not content",
    process.execPath,
    ["node_modules/@biomejs/biome/bin/biome", "ci", "--colors=off"],
    { cwd: checkout, remedy: "pnpm format mends most of it" },
  );

async function tellUnsafe({ checkout, progress }: Workshop): Promise<void> {
  const all = await findUnsafe(checkout);
  const told = [...all, sumOf(all)].map(({ file, blocks }) => `${blocks} ${file}`);
  progress.note(`unsafe blocks: ${told.join(", ")}`);
}

/** User Mode Linux takes long to build, once. */
function benchmarks(workshop: Workshop, target: Target, extent: Extent): Tier[] {
  const used = extent === "all" ? beds : (["qemu"] as const);
  return [
    check("benchmarks, a little of each", () =>
      measure(workshop, target, used.flatMap(quickRunsOf)),
    ),
    check("experiments, each once", () => tryOut(workshop, target, quickExperimentRuns(used))),
  ];
}

/** The contract on the first kernel. Races need more CPUs than there are cores: then threads are stopped anywhere. */
function contract(workshop: Workshop, target: Target, extent: Extent): [Tier, ...Tier[]] {
  const all = extent === "all";
  const wants = (program: string) => !race(program) && (all || !long(program));
  const first = { name: "conformance", wants, clients: true };
  const runs: (Run & { name: string })[] = [
    { name: "races on 4 CPUs", wants: race, cpus: 4 },
    ...(all ? [{ name: "conformance on 4 CPUs", clients: true, long: true, cpus: 4 }] : []),
    { name: "32-bit programs", platform: "i386", ...(!all && { only: narrow }) },
  ];
  const tier = ({ name, ...run }: Run & { name: string }): Tier => ({
    name,
    run: () => conformance(workshop, { target }, run),
  });
  return [tier(first), ...runs.map(tier)];
}

/** DMA engines, which stock kernels of the first one's flavour do not have at all; and User Mode Linux. */
function engines(workshop: Workshop, targets: readonly Target[], extent: Extent): Tier[] {
  const all = extent === "all";
  const withDma = targets.filter(({ flavour }) => flavour === "amd64").slice(0, 1);
  const run: Run = all ? { clients: true } : { only: [...telling, ...dma, ...dmaFaults] };
  return [
    ...withDma.map((target) => tried(workshop, { target, softwareDma: true }, run)),
    ...(all ? umlBeds(targets) : []).map((bed) => tried(workshop, bed, {})),
  ];
}

/** Kernels that look for faults, inputs that look for them, and load that lasts. */
async function endurance(
  workshop: Workshop,
  targets: readonly Target[],
  target: Target,
): Promise<Tier[]> {
  return [
    ...debugTiers(workshop, debugBeds(targets)),
    { name: "Miri", run: () => interpret(workshop.cache, workshop.checkout) },
    ...(await fuzzTiers(workshop, 60)),
    soakTier(workshop, { target }, 10),
  ];
}

/** Other kernels, two at a time. */
function kernels(
  workshop: Workshop,
  targets: readonly Target[],
  extent: Extent,
): (Tier | Abreast)[] {
  const run: Run = extent === "all" ? { clients: true } : { only: [...telling, ...dma] };
  return [
    check("modules for other kernels", async () => {
      const failed = (await buildKmods(workshop, targets)).find(({ built }) => !built);
      if (failed) throw failed.error;
    }),
    ...pairs(bedsOf(targets).map((bed) => tried(workshop, bed, run))),
  ];
}

const pairs = <T>(all: readonly T[]): T[][] =>
  all.flatMap((_, at) => (at % 2 === 0 ? [all.slice(at, at + 2)] : []));

/** What is written for vitest, and the site: what boots guests, and what users get. */
function suites(workshop: Workshop, extent: Extent) {
  const { cache, checkout } = workshop;
  const all = extent === "all";
  const suite = (name: string, project: string, part: readonly string[] = []): Tier => ({
    name,
    run: () => vitest(cache, checkout, project, all ? [] : part),
  });
  return {
    guest: suite("guest", "guest", briefGuest),
    mpi: suite("MPI", "mpi", briefMpi),
    site: all
      ? { name: "site", run: () => visit(workshop) }
      : check("site", () => buildHere(workshop)),
    packages: suite("packages", "packages", brief),
  };
}

async function visit(workshop: Workshop) {
  const { pages, problems } = await visitSite(workshop, await reportsOf(workshop.checkout));
  return { passed: pages, failed: problems.length, failures: problems.join("\n") };
}

const tried = (workshop: Workshop, bed: Bed, run: Run): Tier => ({
  name: bedName(bed),
  run: () => conformance(workshop, bed, run),
});

const alike = (a: Target, b: Target) => a.series === b.series && a.toolchain === b.toolchain;

/** One of each series and toolchain stands for all. */
const firstOfItsKind = (one: Target, _: number, all: readonly Target[]) =>
  all.find((other) => alike(one, other)) === one;
