// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Cache, exists } from "./cache.js";
import { type CommandResult, must, run, tail } from "./command.js";
import { KnemError } from "./errors.js";
import { locked } from "./lock.js";
import { hostMirror } from "./mirror.js";

/** A binary package of the archive, as its Packages index tells it. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
  /** The names of the packages that it depends on, alternatives and versions left out. */
  readonly depends: readonly string[];
}

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/**
 * One suite of the Debian archive, seen through an apt of our own: its lists and state lie in the cache, so it needs
 * no root and leaves the machine's apt alone. What it downloads is verified by apt against Debian's keys.
 */
export class Archive {
  private readonly folder: string;

  constructor(
    cache: Cache,
    readonly suite: string,
    readonly arch: string = "amd64",
  ) {
    this.folder = join(cache.folder, "apt", `${suite}-${arch}`);
  }

  /** Fetches the suite's lists unless they are younger than `maxAge` seconds. Errors: ARCHIVE_UNREACHABLE. */
  async update(maxAge = 3600): Promise<void> {
    await locked(`${this.folder}.lock`, async () => {
      const stamp = join(this.folder, "updated");
      if ((await age(stamp)) < maxAge) return;
      await this.prepare();
      const result = await this.apt(["update", "--error-on=any"]);
      if (result.status !== 0) throw this.unreachable(result);
      await writeFile(stamp, "");
    });
  }

  /** Every package of the suite, in all versions that it has. Call `update` first. */
  async packages(): Promise<DebianPackage[]> {
    const index = ["indextargets", "--format", "$(FILENAME)", "Created-By: Packages"];
    const files = (await this.apt(index)).stdout.split("\n").filter(Boolean);
    const helper = "/usr/lib/apt/apt-helper";
    const what = `the package list of ${this.suite} cannot be read`;
    const { stdout } = await must(what, helper, ["cat-file", ...files]);
    return parsePackages(stdout);
  }

  /** Downloads packages, each of exactly the version named, into `folder`; gives the paths of the .deb files. */
  async download(packages: readonly DebianPackage[], folder: string): Promise<string[]> {
    const names = packages.map(({ name, version }) => `${name}=${version}`);
    const result = await this.apt(["download", ...names], folder);
    if (result.status !== 0) throw this.unreachable(result);
    const { stdout } = await must("the downloads cannot be listed", "find", [
      folder,
      "-name",
      "*.deb",
    ]);
    return stdout.split("\n").filter(Boolean).sort();
  }

  private async prepare(): Promise<void> {
    await mkdir(join(this.folder, "lists", "partial"), { recursive: true });
    await mkdir(join(this.folder, "archives", "partial"), { recursive: true });
    await writeFile(join(this.folder, "status"), "");
    const mirror = await hostMirror();
    const entry = `deb [arch=${this.arch} signed-by=${KEYRING}] ${mirror} ${this.suite} main\n`;
    await writeFile(join(this.folder, "sources.list"), entry);
  }

  private apt(args: readonly string[], cwd = this.folder): Promise<CommandResult> {
    const options = {
      "Dir::State": this.folder,
      "Dir::State::lists": join(this.folder, "lists"),
      "Dir::State::status": join(this.folder, "status"),
      "Dir::Cache": this.folder,
      "Dir::Etc::sourcelist": join(this.folder, "sources.list"),
      "Dir::Etc::sourceparts": "/dev/null",
      "Dir::Etc::preferences": "/dev/null",
      "Dir::Etc::preferencesparts": "/dev/null",
      "APT::Architecture": this.arch,
      "APT::Architectures": this.arch,
      "APT::Sandbox::User": "",
      "Acquire::Languages": "none",
      "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
      "Acquire::Retries": "2",
      "Acquire::http::Timeout": "20",
      "Acquire::https::Timeout": "20",
    };
    const all = { ...options, ...patience(this.suite) };
    const settings = Object.entries(all).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
    return run("apt-get", [...settings, "-q", ...args], { cwd });
  }

  private unreachable(result: CommandResult): KnemError {
    return new KnemError({
      code: "ARCHIVE_UNREACHABLE",
      what: `the Debian archive (${this.suite}) could not be asked`,
      why: `apt-get ended with status ${result.status}${tail(result.output, 6)}`,
      remedy:
        "check the network, the proxy settings and the machine's apt sources, then run this again",
    });
  }
}

/**
 * Lists of suites that move on daily are good for days only, but a mirror that stopped moving is still of use. Who
 * signed them is checked all the same.
 */
export function patience(suite: string): Readonly<Record<string, string>> {
  return /^(sid|forky)\b/.test(suite) ? { "Acquire::Check-Valid-Until": "false" } : {};
}

/** The settings of the machine's own apt that say how the network is reached, as `Key "value";` lines. */
export async function networkSettings(): Promise<string[]> {
  const { stdout } = await must("apt's configuration cannot be read", "apt-config", ["dump"]);
  return stdout.split("\n").filter((line) => /^Acquire::https?::.*"[^"]+";$/i.test(line));
}

/** Unpacks .deb files into `folder`. */
export async function unpack(files: readonly string[], folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of files) {
    await must(`${file} could not be unpacked`, "dpkg-deb", ["--extract", file, folder]);
  }
}

/** The stanzas of a Packages index (deb822). */
export function parsePackages(text: string): DebianPackage[] {
  return text.split(/\n\n+/).flatMap((stanza) => {
    const field = (key: string) => new RegExp(`^${key}: (.*)$`, "m").exec(stanza)?.[1] ?? "";
    const [name, version, sha256] = [field("Package"), field("Version"), field("SHA256")];
    if (!name || !version) return [];
    const depends = field("Depends").split(/[,|]/);
    const names = depends.map((one) => one.trim().split(/[\s:(]/)[0] ?? "").filter(Boolean);
    return [{ name, version, sha256, depends: names }];
  });
}

async function age(file: string): Promise<number> {
  if (!(await exists(file))) return Number.POSITIVE_INFINITY;
  return (Date.now() - (await stat(file)).mtimeMs) / 1000;
}
