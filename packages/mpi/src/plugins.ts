// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bind, Cache, Progress, Sandbox } from "@knem/kernels";
import { installed, PREFIX, type Prefix } from "./prefix.js";
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
  /** Where KNEM is for configure to find it by itself: UCX asks pkg-config, Open MPI only where compilers look. */
  readonly found: { readonly path: string; readonly env?: NodeJS.ProcessEnv };
}

/** The plugins there are, by name. */
export const plugins = {
  /** UCX's transport `knem`. */
  ucx: {
    ...{ system: "bookworm", source: "ucx", of: "libucx0" },
    ...{ build: "ucx", file: "libuct_knem.so.0" },
    found: { path: PREFIX, env: { PKG_CONFIG_PATH: `${PREFIX}/share/pkgconfig` } },
  },
  /** Open MPI 4's byte transfer layer `vader`. */
  vader: {
    ...{ system: "bookworm", source: "openmpi", of: "libopenmpi3" },
    ...{ build: "openmpi4", file: "mca_btl_vader.so" },
    found: { path: "/usr" },
  },
  /** Open MPI 5's component `smsc/knem`. */
  smsc: {
    ...{ system: "trixie", source: "openmpi", of: "openmpi-bin" },
    ...{ build: "openmpi5", file: "mca_smsc_knem.so" },
    found: { path: "/usr" },
  },
} as const satisfies Readonly<Record<string, Plugin>>;

/** A name in `plugins`. */
export type PluginName = keyof typeof plugins;

/** The plugins of a system. */
export function pluginsOf(system: SystemName): PluginName[] {
  const names = Object.keys(plugins) as PluginName[];
  return names.filter((name) => plugins[name].system === system);
}

/** How configure is asked for KNEM: by `--with-knem=PREFIX`, or by `--with-knem`, so that it finds it itself. */
export const askings = ["--with-knem=PREFIX", "--with-knem"] as const;

/** One of `askings`. */
export type Asking = (typeof askings)[number];

interface Making {
  readonly step: string;
  readonly from: string;
  readonly prefix: Prefix;
  readonly env?: NodeJS.ProcessEnv;
}

const folder = fileURLToPath(new URL("../build", import.meta.url));

/** Makes plugins of Debian's unchanged sources in one system, against the header and the pkg-config file of a checkout. */
export class PluginBuilder {
  constructor(
    private readonly cache: Cache,
    private readonly sandbox: Sandbox,
    private readonly checkout: string,
    private readonly progress: Progress,
  ) {}

  /** A plugin, from the cache if it was made before: its file. Errors: COMMAND_FAILED (apt, configure or the compiler), DISK_FULL. */
  async build(name: PluginName): Promise<string> {
    const plugin: Plugin = plugins[name];
    const tree = join(await this.configured(plugin, "--with-knem=PREFIX"), "tree");
    const prefix = await installed(this.checkout);
    const step = `building ${plugin.file}`;
    return join(await this.made("plugin", plugin, { step, from: tree, prefix }), plugin.file);
  }

  /** What configure finds of KNEM: `ac_cv_header_knem_io_h: "yes"`. Errors: those of `build`. */
  async checks(name: PluginName, asking: Asking): Promise<Record<string, string>> {
    const configured = await this.configured(plugins[name], asking);
    return checksIn(await readFile(join(configured, "tree/config.log"), "utf8"));
  }

  /** The configured tree, which does not change when the plugin's own script does: configuring takes minutes. */
  private async configured(plugin: Plugin, asking: Asking): Promise<string> {
    const finds = asking === "--with-knem";
    const { path, env } = finds ? plugin.found : { path: PREFIX };
    const prefix = await installed(this.checkout, path);
    const step = `configuring ${plugin.source} ${asking.replace("PREFIX", path)}`;
    return this.made("configure", plugin, {
      step,
      from: await this.source(plugin),
      prefix,
      env: { ...env, FINDS: finds ? "yes" : "no" },
    });
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
  private async made(script: string, plugin: Plugin, { step, from, prefix, env }: Making) {
    const file = join(plugin.build, `${script}.sh`);
    const text = await readFile(join(folder, file), "utf8");
    const { path, contents } = prefix;
    const inputs = { text, path, contents, env, from: relative(this.cache.folder, from) };
    return this.entry(script, inputs, step, (out) =>
      this.sandbox.must(`${step} failed`, ["sh", `/build/${file}`, "/from", "/out"], {
        env: { ...env, PREFIX: path },
        binds: [...prefix.binds, { from: folder, to: "/build" }, { from, to: "/from" }, out],
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
