// SPDX-License-Identifier: BSD-3-Clause

/** A parameter of the module. */
export interface Parameter {
  readonly name: string;
  readonly default: string;
  /** Whether it may be changed while the module is loaded. */
  readonly live: boolean;
  /** What it decides, in the module's words. */
  readonly explanation: string;
}

const fixed = (name: string, value: string, explanation: string): Parameter => ({
  ...{ name, default: value, live: false, explanation },
});
const live = (name: string, value: string, explanation: string): Parameter => ({
  ...{ name, default: value, live: true, explanation },
});

/** All parameters, in the module's order and words: a test holds them against its source. */
export const parameters: readonly Parameter[] = [
  fixed("thread", "1", "Offer copies in a kernel thread"),
  fixed("dma", "1", "Offer copies on a DMA engine"),
  fixed("pinlocal", "0", "Always pin the local memory of inline copies"),
  fixed("pinlocalread", "1", "Refuse inline copies from local memory that is not all there"),
  fixed("sync", "0", "Make every request synchronous"),
  fixed("forceflags", "0", "Flags added to every request"),
  fixed("ignoreflags", "0", "Flags dropped from every request"),
  live("debug", "0", "Tell in the kernel log what goes wrong"),
  live(
    "binding",
    "1",
    "Where the kernel threads run: 1 on the CPUs of the process, -1 on the others, 0 anywhere",
  ),
  live("dmamin", "1024", "Pieces of at most so many bytes are not given to a DMA engine"),
  live(
    "dmatimeout",
    "10000",
    "How many milliseconds a DMA engine may give no sign of life before it is stopped",
  ),
  live("statslen", "4096", "How many bytes of memory the text of the statistics starts with"),
  live("statsverbose", "0", "List contexts and regions in the statistics"),
  live("maxqueued", "65536", "How many requests a context may have waiting for its thread"),
  live("maxthreads", "4096", "How many kernel threads a user may have"),
  live("maxregions", "1048576", "How many regions a context may have"),
  live("maxslots", "4294967296", "How many slots a status array may have"),
  live(
    "memlock",
    "count",
    "Pinned memory counts as the process's: count, or enforce its limit for locked memory, too",
  ),
];
