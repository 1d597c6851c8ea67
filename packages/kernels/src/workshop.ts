// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuiltModule, ModuleBuilder } from "./build.js";
import { Cache, keyOf } from "./cache.js";
import { type DriverName, driverSource } from "./driver.js";
import { files, type Kernel, type KernelFiles, resolve } from "./kernel.js";
import { type Grafted, grafted } from "./metadata.js";
import { type PlatformName, platforms } from "./platforms.js";
import type { Progress } from "./progress.js";
import { toolchainRoot } from "./root.js";
import { Sandbox } from "./sandbox.js";
import { ensureSystem } from "./system.js";
import { nameOf, type Target, toolchainOf } from "./targets.js";
import { together } from "./together.js";
import { toolchains } from "./toolchains.js";
import { type Binding, type ProgramChoice, type Programs, Userland } from "./userland.js";
import { type VariantKernel, variantKernel } from "./variant.js";
import { toolchainOfVariant, type VariantName } from "./variants.js";

/**
 * One checkout, one cache and one display: everything that is built comes from here, each thing once a run and as
 * much at a time as there are cores for.
 */
export class Workshop {
  private readonly done = new Map<string, Promise<unknown>>();

  private constructor(
    readonly checkout: string,
    readonly cache: Cache,
    readonly progress: Progress,
  ) {}

  /** Opens the workshop of this checkout, the host having what is needed. Errors: those of `ensureSystem`. */
  static async open(progress: Progress, cache = new Cache()): Promise<Workshop> {
    await ensureSystem(progress);
    const checkout = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
    return new Workshop(checkout, cache, progress);
  }

  /** Where the module's sources are. */
  get moduleFolder(): string {
    return join(this.checkout, "kernel-rs");
  }

  /** The newest kernel of a target. */
  kernel(target: Target): Promise<Kernel> {
    return this.once(`kernel ${nameOf(target)}`, () =>
      this.progress.step(`looking up ${nameOf(target)}`, () =>
        resolve(this.cache, target, this.progress),
      ),
    );
  }

  /**
   * The files of a target's kernel, or of a variant of it, to boot it; the host gets what that takes.
   * Errors: those of `ensureSystem`.
   */
  async kernelFiles(target: Target, variant?: VariantName): Promise<KernelFiles> {
    await this.once(`host for ${target.arch}`, () =>
      ensureSystem(this.progress, undefined, target.arch),
    );
    if (variant) return (await this.variant(target, variant)).files;
    return files(this.cache, await this.kernel(target));
  }

  /** A toolchain's root, to run things in; by default the one that user space is built in. */
  sandbox(toolchain = toolchains["trixie"]): Promise<Sandbox> {
    if (!toolchain) throw new Error("the toolchain of user space is not in the table");
    return this.once(`sandbox ${keyOf(toolchain)}`, async () => {
      const root = await toolchainRoot(this.cache, toolchain, this.progress);
      return new Sandbox(root, this.cache);
    });
  }

  /** The grafted headers of a target's kernel. */
  grafted(target: Target): Promise<Grafted> {
    return this.once(`grafted ${nameOf(target)}`, async () => {
      const sandbox = this.sandbox(toolchainOf(target));
      const [, made] = await together([
        sandbox,
        this.kernel(target).then((kernel) =>
          grafted(this.cache, kernel, this.moduleFolder, sandbox, this.progress),
        ),
      ]);
      return made;
    });
  }

  /** Builds modules for a target's kernel; by default this checkout's own. */
  async builder(target: Target, folder = this.moduleFolder, name = "knem"): Promise<ModuleBuilder> {
    return new ModuleBuilder(this.cache, await this.sandbox(toolchainOf(target)), folder, name);
  }

  /** knem.ko for a target's kernel. */
  module(target: Target): Promise<BuiltModule> {
    return this.once(`module ${nameOf(target)}`, async () => {
      const made = await this.grafted(target);
      const builder = await this.builder(target);
      const name = `building knem.ko for ${made.kernel.release}`;
      return this.progress.step(name, () => builder.build(made));
    });
  }

  /** A driver that the kernel's own source has and its distribution leaves out, as a module for a target's kernel. */
  driver(target: Target, name: DriverName): Promise<BuiltModule> {
    return this.once(`driver ${name} ${nameOf(target)}`, async () => {
      const [made, folder] = await together([
        this.grafted(target),
        this.kernel(target).then((kernel) => driverSource(this.cache, kernel, name)),
      ]);
      const builder = await this.builder(target, folder, name);
      const step = `building ${name}.ko for ${made.kernel.release}`;
      return this.progress.step(step, () => builder.build(made));
    });
  }

  /** A kernel of our own configuration, out of the source of a target's kernel. */
  variant(target: Target, name: VariantName): Promise<VariantKernel> {
    return this.once(`variant ${name} ${nameOf(target)}`, async () => {
      const [sandbox, kernel] = await together([
        this.sandbox(toolchainOfVariant(name)),
        this.kernel(target),
      ]);
      return variantKernel(this.cache, kernel, name, sandbox, this.progress);
    });
  }

  /** Builds modules for it; by default this checkout's own. */
  async variantBuilder(
    variant: VariantName,
    folder = this.moduleFolder,
    name = "knem",
  ): Promise<ModuleBuilder> {
    const sandbox = await this.sandbox(toolchainOfVariant(variant));
    return new ModuleBuilder(this.cache, sandbox, folder, name);
  }

  /** knem.ko for it. */
  variantModule(target: Target, name: VariantName): Promise<BuiltModule> {
    return this.once(`module of ${name} ${nameOf(target)}`, async () => {
      const [made, builder] = await together([
        this.variant(target, name),
        this.variantBuilder(name),
      ]);
      const step = `building knem.ko for ${made.kernel.release}`;
      return this.progress.step(step, () => builder.build(made));
    });
  }

  /** The cargo workspace, in the root that builds for a platform. */
  async userland(platform: PlatformName = "amd64"): Promise<Userland> {
    const sandbox = await this.sandbox(toolchains[platforms[platform].toolchain]);
    return new Userland(this.cache, sandbox, this.checkout);
  }

  /** The release programs of a crate, or some of them. */
  programs(choice: ProgramChoice): Promise<Programs> {
    const { crate, platform = "amd64", only = [] } = choice;
    const name = platform === "amd64" ? crate : `${crate} for ${platforms[platform].title}`;
    return this.once(`${name} ${only}`, async () => {
      const userland = await this.userland(platform);
      return this.progress.step(`building ${name}`, () => userland.programs(choice));
    });
  }

  /** The clients of examples/. */
  clients(platform: PlatformName = "amd64"): Promise<Programs> {
    return this.once(`clients ${platform}`, async () => {
      const userland = await this.userland(platform);
      return this.progress.step("building the clients", () => userland.clients(platform));
    });
  }

  /** The folder with the client crate's examples and tests for a real module. */
  crate(): Promise<string> {
    return this.once("crate", async () => {
      const userland = await this.userland();
      return this.progress.step("building the examples in Rust", () => userland.crate());
    });
  }

  /** The Node binding. */
  binding(): Promise<Binding> {
    return this.once("binding", async () => {
      const userland = await this.userland();
      return this.progress.step("building the Node binding", () => userland.binding());
    });
  }

  private once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const known = this.done.get(name) as Promise<T> | undefined;
    const made = known ?? make();
    this.done.set(name, made);
    return made;
  }
}
