// SPDX-License-Identifier: BSD-3-Clause
// Parts of the conformance programs and of the packages' tests, for runs that are to be short.

/** Those that race with themselves. */
export const race = (program: string): boolean => program.startsWith("race_");

/** Those that take long without telling more each time. */
export const long = (program: string): boolean => program === "cookies_forged";

/** Something of each kind of request, and of addresses and lengths of all kinds. */
export const narrow: readonly string[] = [
  ...["info", "blocks", "two_processes", "vectored", "ignored_input", "inline_bad_local"],
  ...["create_segments", "async_table", "array_map", "events_read", "bind_offload"],
];

/** And what meets most of that in which kernels differ: memory of all kinds, threads, signals, the end of things. */
export const telling: readonly string[] = [
  ...[...narrow, "counted_copy", "memory_kinds", "huge_pages", "fork_coherence", "poll", "signals"],
  ...["worker", "worker_place", "life_exit", "life_kill_queued", "module_parameters"],
  ...["module_unload", "statistics_format"],
];

/** What is about DMA engines, of whatever kind; and what takes an engine that goes wrong when it is told to. */
export const dma: readonly string[] = [
  ...["dma_async", "dma_copy", "dma_driver", "dma_kill", "dma_soak", "dma_table"],
];
export const dmaFaults: readonly string[] = [
  ...["softdma_dead", "softdma_faults", "softdma_kill", "softdma_narrow", "softdma_overlap"],
];

/** The tests in guests but the documentation's: its commands take a few minutes of an emulated machine. */
export const briefGuest: readonly string[] = ["packages/"];

/** The tests of packages that are done in a minute or two. */
export const brief: readonly string[] = ["lint", "tarball", "deb", "access"].map(
  (name) => `system/${name}.test.ts`,
);

/** Of the MPI libraries, one whose data is checked. */
export const briefMpi: readonly string[] = ["stacks/brief.test.ts"];
