// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bind, Cache, Progress, Sandbox } from "@knem/kernels";
import { PREFIX, type Prefix } from "./prefix.js";
import type { SystemName } from "./systems.js";

/** The part of a library that speaks to KNEM, which Debian leaves out. */
interface Plugin {
  readonly system: SystemName;
  /** The source package. */
  readonly source: string;
  /** A binary package of it, whose version tells which source. */
  readonly of: string;
  /** The folder in build/ with the scripts that make it. */
  readonly build: string;
  /** The file made. */
  readonly file: string;
}

/** The plugins there are, by name. */
export const plugins = {
  /** UCX's transport `knem`. */
  ucx: {
    ...{ system: "bookworm", source: "ucx", of: "libucx0" },
    ...{ build: "ucx", file: "libuct_knem.so.0" },
  },
  /** Open MPI 4's byte transfer layer `vader`. */
  vader: {
    ...{ system: "bookworm", source: "openmpi", of: "libopenmpi3" },
    ...{ build: "openmpi4", file: "mca_btl_vader.so" },
  },
  /** Open MPI 5's component `smsc/knem`. */
  smsc: {
    ...{ system: "trixie", source: "openmpi", of: "openmpi-bin" },
    ...{ build: "openmpi5", file: "mca_smsc_knem.so" },
  },
} as const satisfies Readonly<Record<string, Plugin>>;

/** A name in `plugins`. */
export type PluginName = keyof typeof plugins;

/** The plugins of a system. */
export function pluginsOf(system: SystemName): PluginName[] {
  const names = Object.keys(plugins) as PluginName[];
  return names.filter((name) => plugins[name].system === system);
}

/** A plugin that was made. */
export interface BuiltPlugin {
  /** The shared object, in the cache. */
  readonly file: string;
  /** What configure found of KNEM: `ac_cv_header_knem_io_h: "yes"`. */
  readonly checks: Readonly<Record<string, string>>;
}

const folder = fileURLToPath(new URL("../build", import.meta.url));

/** Makes plugins of Debian's unchanged sources in one system, against the header and the pkg-config file of a checkout. */
export class PluginBuilder {
  constructor(
    private readonly cache: Cache,
    private readonly sandbox: Sandbox,
    private readonly prefix: Prefix,
    private readonly progress: Progress,
  ) {}

  /** A plugin, from the cache if it was made before. Errors: COMMAND_FAILED (apt, configure or the compiler), DISK_FULL. */
  async build(name: PluginName): Promise<BuiltPlugin> {
    const plugin: Plugin = plugins[name];
    const tree = join(await this.configured(plugin), "tree");
    const made = await this.made("plugin", plugin, `building ${plugin.file}`, tree);
    const log = await readFile(join(tree, "config.log"), "utf8");
    return { file: join(made, plugin.file), checks: checksIn(log) };
  }

  /** The configured tree, which does not change when the plugin's own script does: configuring takes minutes. */
  private async configured(plugin: Plugin): Promise<string> {
    const source = await this.source(plugin);
    return this.made("configure", plugin, `configuring ${plugin.source} with KNEM`, source);
  }

  /** The folder with the source package's files, as the archive has them. */
  private async source({ source, of }: Plugin): Promise<string> {
    const remedy = "check the network and the machine's apt sources, then run this again";
    return this.entry("source", { source, of }, `fetching the source of ${source}`, (out) =>
      this.sandbox.must(
        `the source of ${source} could not be fetched`,
        ["sh", "/build/fetch.sh", source, of, "/out"],
        { binds: [{ from: folder, to: "/build" }, out], remedy },
      ),
    );
  }

  /** What a plugin's script makes of a folder. */
  private async made(script: string, plugin: Plugin, step: string, from: string): Promise<string> {
    const file = join(plugin.build, `${script}.sh`);
    const text = await readFile(join(folder, file), "utf8");
    const inputs = { text, prefix: this.prefix.contents, from: relative(this.cache.folder, from) };
    return this.entry(script, inputs, step, (out) =>
      this.sandbox.must(`${step} failed`, ["sh", `/build/${file}`, "/from", "/out"], {
        env: { PREFIX },
        binds: [...this.prefix.binds, { from: folder, to: "/build" }, { from, to: "/from" }, out],
      }),
    );
  }

  private entry(
    kind: string,
    inputs: Readonly<Record<string, unknown>>,
    step: string,
    make: (out: Bind) => Promise<unknown>,
  ): Promise<string> {
    const all = { ...inputs, root: this.sandbox.root.key };
    const fill = (folder: string) =>
      this.progress.step(step, async () => {
        await make({ from: folder, to: "/out", write: true });
      });
    return this.cache.entry(`mpi-${kind}`, all, fill, { needs: 1e9 });
  }
}

/** What configure remembers of its checks for KNEM, by the names of its variables, out of its config.log. */
export function checksIn(log: string): Record<string, string> {
  const found = log.matchAll(/^(?=\w*knem)(\w+_cv_\w+)=(\w+)$/gim);
  return Object.fromEntries([...found].map(([, name = "", answer = ""]) => [name, answer]));
}
