// SPDX-License-Identifier: BSD-3-Clause
import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Cache, exists } from "./cache.js";
import { type CommandOptions, type CommandResult, must, run } from "./command.js";
import { namespaces } from "./namespaces.js";
import type { Root } from "./root.js";

/** A file or folder of the host, seen inside at `to` (an absolute path); read-only unless `write`. */
export interface Bind {
  readonly from: string;
  readonly to: string;
  readonly write?: boolean;
}

export interface SandboxOptions extends Omit<CommandOptions, "cwd" | "env"> {
  readonly binds?: readonly Bind[];
  /** Folders laid out like a root, laid over it: a kernel's packages appear as if installed. */
  readonly trees?: readonly string[];
  /** Inside; `/` by default. */
  readonly cwd?: string;
  /** Added to a small fixed environment; nothing else of the host's comes through but its network settings. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Where the machine keeps the certificates it trusts, here and inside. */
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** What tells programs how the network is reached. */
const NETWORK =
  /^(https?_proxy|no_proxy|all_proxy|npm_config_registry|cargo_(net|source|registries|http)_.*)$/i;

/**
 * Runs commands inside a toolchain root that nothing can change: the root lies under an overlay, /tmp and its like
 * are of memory, everything else is bound. Mounts and processes are in namespaces of their own and end with the
 * command, and with this process.
 */
export class Sandbox {
  constructor(
    readonly root: Root,
    private readonly cache: Cache,
  ) {}

  /** Runs `argv` inside; the result as of `run`. */
  async run(argv: readonly string[], options: SandboxOptions = {}): Promise<CommandResult> {
    return run("unshare", await this.arguments(argv, options), forHost(options));
  }

  /** Runs `argv` inside; a status other than 0 is an error, as of `must`. */
  async must(
    what: string,
    argv: readonly string[],
    options: SandboxOptions & { remedy?: string } = {},
  ): Promise<CommandResult> {
    const { remedy } = options;
    const host = remedy === undefined ? forHost(options) : { ...forHost(options), remedy };
    return must(what, "unshare", await this.arguments(argv, options), host);
  }

  private async arguments(argv: readonly string[], options: SandboxOptions): Promise<string[]> {
    const stage = join(this.cache.folder, "sandbox");
    await mkdir(stage, { recursive: true });
    const binds = [...(options.binds ?? []), ...(await networkFiles())];
    const script = enter(this.root.tree, stage, options.trees ?? [], binds);
    const env = Object.entries({ ...environment(), ...options.env }).map(([k, v]) => `${k}=${v}`);
    const call = ["env", "-i", ...env, "sh", "-c", 'cd "$0" && exec "$@"', options.cwd ?? "/"];
    return [...namespaces(), "sh", "-euc", script, "sandbox", ...call, ...argv];
  }
}

/** The shell script that builds the root's view in a fresh mount namespace and runs its arguments there. */
export function enter(
  root: string,
  stage: string,
  trees: readonly string[],
  binds: readonly Bind[],
): string {
  const layers = [...trees, root].map((path, index) => ({ path, name: `layer${index}` }));
  return [
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
    `mount -t tmpfs -o mode=755 knem ${quote(stage)}`,
    `cd ${quote(stage)}`,
    `mkdir all points ${layers.map(({ name }) => name).join(" ")}`,
    ...layers.map(({ path, name }) => `mount --bind ${quote(path)} ${name}`),
    ...binds.flatMap(({ from, to }) => mountPoint(from, to)),
    // Names relative to the stage: a colon in the cache's path would part the list.
    `mount -t overlay -o lowerdir=points:${layers.map(({ name }) => name).join(":")} knem all`,
    ...furnish,
    ...binds.flatMap(({ from, to, write }) => bind(from, to, write ?? false)),
    'chroot all "$@"',
  ].join("\n");
}

const devices = ["null", "zero", "full", "random", "urandom", "tty"];

/** Gives the system in the folder `all` what the kernel and memory bring to a running one. */
export const furnish: readonly string[] = [
  "mount -t proc proc all/proc",
  ...["tmp", "root", "run"].map((name) => `mount -t tmpfs -o mode=1777 knem all/${name}`),
  // Not sticky: there, an ordinary user may not open another's /dev/null to write.
  "mount -t tmpfs -o mode=755 knem all/dev; mkdir -m 1777 all/dev/shm",
  ...devices.map((name) => `: > all/dev/${name}; mount --bind /dev/${name} all/dev/${name}`),
  "ln -s /proc/self/fd all/dev/fd",
  // Terminals of its own.
  "mkdir all/dev/pts; mount -t devpts -o ptmxmode=666 knem all/dev/pts; ln -s pts/ptmx all/dev/ptmx",
];

function mountPoint(from: string, to: string): string[] {
  const point = quote(`points${to}`);
  return [
    `if [ -d ${quote(from)} ]; then mkdir -p ${point}; else mkdir -p "$(dirname ${point})"; : > ${point}; fi`,
  ];
}

export function bind(from: string, to: string, write: boolean): string[] {
  const point = quote(`all${to}`);
  const lock = `mount -o remount,bind,ro ${point}`;
  return [`mount --bind ${quote(from)} ${point}`, ...(write ? [] : [lock])];
}

/** One word of a shell. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** The host's resolver, certificates and cargo configuration, where it has them. */
export async function networkFiles(): Promise<Bind[]> {
  const files: Bind[] = [
    { from: "/etc/resolv.conf", to: "/etc/resolv.conf" },
    { from: "/etc/hosts", to: "/etc/hosts" },
    { from: process.env["SSL_CERT_FILE"] ?? CERTIFICATES, to: CERTIFICATES },
    {
      from: join(process.env["CARGO_HOME"] ?? join(homedir(), ".cargo"), "config.toml"),
      to: "/.cargo/config.toml", // Cargo reads the .cargo of every folder above the workspace.
    },
  ];
  const present = await Promise.all(files.map(({ from }) => exists(from)));
  return files.filter((_, index) => present[index]);
}

export function environment(): Record<string, string> {
  const network = Object.entries(process.env).flatMap(([key, value]) =>
    NETWORK.test(key) && value !== undefined ? [[key, value] as const] : [],
  );
  return {
    HOME: "/root",
    LANG: "C.UTF-8",
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    SSL_CERT_FILE: CERTIFICATES,
    NODE_EXTRA_CA_CERTS: CERTIFICATES,
    ...Object.fromEntries(network),
  };
}

export function forHost(options: SandboxOptions): CommandOptions {
  const { input, onLine, signal } = options;
  return { ...(input && { input }), ...(onLine && { onLine }), ...(signal && { signal }) };
}
