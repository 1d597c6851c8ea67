// SPDX-License-Identifier: BSD-3-Clause
import { copyFile, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Cache } from "./cache.js";
import { tail } from "./command.js";
import { KnemError } from "./errors.js";
import type { Kernel } from "./kernel.js";
import { type Grafted, KERNEL_INSIDE } from "./metadata.js";
import type { Sandbox, SandboxOptions } from "./sandbox.js";
import { hashOf, mirror, sourceFiles } from "./tree.js";

const MODULE_INSIDE = "/knem/module";

/** A module built for one kernel. */
export interface BuiltModule {
  readonly kernel: Kernel;
  /** The path of the .ko, in the cache. */
  readonly ko: string;
  /** The compilers' versions, as they tell them: `rustc 1.85.1, gcc 14.2.0`. */
  readonly toolchain: string;
  /** How long the build took when it was made, in seconds. */
  readonly seconds: number;
  /** The size of the .ko, in bytes. */
  readonly bytes: number;
}

/** Builds kernel modules from one source folder (kernel-rs, or a test's own) against grafted trees. */
export class ModuleBuilder {
  constructor(
    private readonly cache: Cache,
    private readonly sandbox: Sandbox,
    /** The folder with the Kbuild file. */
    private readonly folder: string,
    /** The module's name, without .ko. */
    private readonly name: string = "knem",
  ) {}

  /**
   * The module for a kernel, built if the cache has none of these sources, kernel and root.
   * Errors: MODULE_BUILD_FAILED with the end of make's output, VERMAGIC_MISMATCH, DISK_FULL.
   */
  async build(grafted: Grafted): Promise<BuiltModule> {
    const files = await sourceFiles(this.folder);
    const sources = await hashOf(this.folder, files);
    const inputs = { sources, name: this.name, kernel: grafted.key, root: this.sandbox.root.key };
    const entry = await this.cache.entry(
      "module",
      inputs,
      (folder) => this.make(grafted, files, folder),
      {
        needs: 100e6,
      },
    );
    const ko = join(entry, `${this.name}.ko`);
    const { seconds, toolchain } = JSON.parse(await readFile(join(entry, "build.json"), "utf8"));
    return { kernel: grafted.kernel, ko, toolchain, seconds, bytes: (await stat(ko)).size };
  }

  /** clippy over the module and -Werror over its C, warnings being errors. Errors: LINT_FAILED. */
  async lint(grafted: Grafted): Promise<void> {
    const files = await sourceFiles(this.folder);
    await this.cache.temporary("lint", async (work) => {
      await mirror(this.folder, files, work);
      const flags = ["CLIPPY=1", "KRUSTFLAGS=-Dwarnings", "KCFLAGS=-Werror"];
      const { status, output } = await this.kbuild(grafted, work, flags);
      if (status !== 0) throw lintFailed("clippy", output);
    });
  }

  /** rustfmt over the module. Errors: LINT_FAILED. */
  async checkFormat(): Promise<void> {
    const files = (await sourceFiles(this.folder)).filter((file) => file.endsWith(".rs"));
    const inside = files.map((file) => file.replace(this.folder, MODULE_INSIDE));
    const { status, output } = await this.sandbox.run(
      ["rustfmt", "--check", "--edition", "2021", "--config", "skip_children=true", ...inside],
      { binds: [{ from: this.folder, to: MODULE_INSIDE }] },
    );
    if (status !== 0) throw lintFailed("rustfmt", output);
  }

  private async make(grafted: Grafted, files: readonly string[], folder: string): Promise<void> {
    await this.cache.temporary("module", async (work) => {
      const begin = Date.now();
      await mirror(this.folder, files, work);
      const { status, output } = await this.kbuild(grafted, work, []);
      if (status !== 0) throw buildFailed(this.name, grafted.kernel, output);
      const seconds = (Date.now() - begin) / 1000;
      const { vermagic, toolchain } = await this.inspect(grafted, work);
      checkVermagic(vermagic, grafted.kernel.release);
      await copyFile(join(work, `${this.name}.ko`), join(folder, `${this.name}.ko`));
      await writeFile(join(folder, "build.json"), JSON.stringify({ seconds, toolchain }));
    });
  }

  private kbuild(grafted: Grafted, work: string, flags: readonly string[]) {
    const all = [...(grafted.flags ?? []), ...flags];
    const make = ["make", "-C", KERNEL_INSIDE, `M=${MODULE_INSIDE}`, "-j2", ...all, "modules"];
    return this.sandbox.run(make, this.view(grafted, work));
  }

  private async inspect(grafted: Grafted, work: string) {
    const script = `modinfo -F vermagic "$0"; rustc --version | cut -d' ' -f1,2; ${compiler}`;
    const argv = ["sh", "-c", script, `${MODULE_INSIDE}/${this.name}.ko`, KERNEL_INSIDE];
    const what = `${this.name}.ko cannot be looked at`;
    const { stdout } = await this.sandbox.must(what, argv, this.view(grafted, work));
    const [vermagic = "", ...compilers] = stdout.trim().split("\n");
    return { vermagic, toolchain: compilers.join(", ") };
  }

  private view(grafted: Grafted, work: string): SandboxOptions {
    const own = { from: work, to: MODULE_INSIDE, write: true };
    return { trees: grafted.trees, binds: [...grafted.binds, own] };
  }
}

/** Says which C compiler a kernel in $1 was configured for: `gcc 14.2.0`. */
const compiler = `if grep -q ^CONFIG_CC_IS_CLANG=y "$1/.config"; then echo "clang $(clang -dumpversion)"; else
cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\\([^ ]*\\) .*/\\1/p' "$1/.config"); echo "gcc $($cc -dumpfullversion)"; fi`;

/** Refuses a module that was made for another kernel than the one asked for. Errors: VERMAGIC_MISMATCH. */
export function checkVermagic(vermagic: string, release: string): void {
  if (vermagic.split(" ")[0] === release) return;
  throw new KnemError({
    code: "VERMAGIC_MISMATCH",
    what: `the module built is not one for ${release}`,
    why: `its vermagic is ${JSON.stringify(vermagic)}`,
    remedy: "remove the cache folder's metadata entries and build again",
  });
}

function buildFailed(name: string, { release }: Kernel, output: string): KnemError {
  return new KnemError({
    code: "MODULE_BUILD_FAILED",
    what: `${name}.ko could not be built for ${release}`,
    why: `make failed${tail(output, 40)}`,
    remedy: "mend what the compiler names",
  });
}

function lintFailed(tool: string, output: string): KnemError {
  return new KnemError({
    code: "LINT_FAILED",
    what: `${tool} is not content with the module`,
    why: tail(output, 60).trimStart(),
    remedy: "mend what it names",
  });
}
