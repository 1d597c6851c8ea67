// SPDX-License-Identifier: BSD-3-Clause
import type { PluginName } from "./plugins.js";
import type { SystemName } from "./systems.js";

/** Where a guest finds the programs, and, in a folder where nothing else is, the plugins. */
export const MPI = "/opt/mpi";
export const PLUGINS = `${MPI}/lib`;

/** An MPI library, and the way by which it reaches KNEM. */
export interface Stack {
  /** As people call it: `Open MPI 4 over vader`. */
  readonly title: string;
  readonly system: SystemName;
  readonly plugin: PluginName;
  /** How programs for it are called: `validate.mpich`. */
  readonly programs: "mpich" | "openmpi";
  /** Environment and launcher, up to the number of ranks. */
  readonly launch: readonly string[];
}

/** Rendezvous for all but the smallest messages, by which UCX decides whether data is fetched or brought. */
const ucx = (scheme: "get" | "put"): string[] => [
  `LD_PRELOAD=${PLUGINS}/libuct_knem.so.0`,
  "UCX_TLS=self,posix,knem",
  `UCX_RNDV_SCHEME=${scheme}_zcopy`,
  "UCX_RNDV_THRESH=1k",
];

const mpich = (scheme: "get" | "put"): Stack => ({
  title: `MPICH over UCX, ${scheme}`,
  ...{ system: "bookworm", plugin: "ucx", programs: "mpich" },
  launch: ["env", ...ucx(scheme), "mpiexec.mpich", "-n"],
});

const mca = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ["--mca", name, value]);

/** Ranks may share CPUs; a guest has few. */
const oversubscribe = ["--oversubscribe", "--bind-to", "none"];

const component = (path: string) => ({ mca_base_component_path: path });
const library = "/usr/lib/x86_64-linux-gnu/openmpi/lib";

/** The stacks that are tried, by name. */
export const stacks = {
  "mpich-ucx-get": mpich("get"),
  "mpich-ucx-put": mpich("put"),
  "openmpi4-ucx": {
    title: "Open MPI 4 over UCX",
    ...{ system: "bookworm", plugin: "ucx", programs: "openmpi" },
    launch: [
      ...["env", ...ucx("get"), "mpirun.openmpi", ...oversubscribe],
      // One-sided by messages: those of osc/ucx go past KNEM, and a Put can be late there, with KNEM or without.
      ...mca({ pml: "ucx", pml_ucx_tls: "any", pml_ucx_devices: "any", osc: "pt2pt" }),
      "-n",
    ],
  },
  "openmpi4-vader": {
    title: "Open MPI 4 over vader",
    ...{ system: "bookworm", plugin: "vader", programs: "openmpi" },
    launch: [
      ...["mpirun.openmpi", ...oversubscribe],
      ...mca({ ...component(`${PLUGINS}:${library}/openmpi3`), pml: "ob1", btl: "self,vader" }),
      ...mca({ btl_vader_single_copy_mechanism: "knem" }),
      "-n",
    ],
  },
  "openmpi5-smsc": {
    title: "Open MPI 5 over smsc/knem",
    ...{ system: "trixie", plugin: "smsc", programs: "openmpi" },
    launch: [
      ...["mpirun.openmpi", ...oversubscribe],
      ...mca({ ...component(PLUGINS), pml: "ob1", btl: "self,sm", smsc: "knem" }),
      "-n",
    ],
  },
} as const satisfies Readonly<Record<string, Stack>>;

/** A name in `stacks`. */
export type StackName = keyof typeof stacks;

/** The command line that runs a program on that many ranks of a stack. */
export function launch(stack: Stack, ranks: number, ...program: readonly string[]): string[] {
  return [...stack.launch, String(ranks), ...program];
}
