// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  Cache,
  files,
  type KernelFiles,
  Progress,
  resolve,
  Sandbox,
  targets,
  toolchainOf,
  toolchainRoot,
} from "@knem/kernels";
import { type BaseImage, baseImage, type GuestJob } from "../../src/index.js";

/** What the tests boot: the newest stock kernel of the default target, the base image, a module with faults. */
export interface Bed {
  readonly kernel: KernelFiles;
  readonly base: BaseImage;
  readonly sandbox: Sandbox;
  /** faults.ko, built for that kernel. */
  readonly faults: string;
  /** The same, with another kernel's vermagic. */
  readonly foreign: string;
  /** A job with the bed's kernel and base. */
  job(job: Omit<GuestJob, "kernel" | "base">): GuestJob;
}

const fixture = fileURLToPath(new URL("../fixtures/faults", import.meta.url));

/** Makes the bed, from the cache where it has been made before. */
export async function makeBed(): Promise<Bed> {
  const cache = new Cache();
  const progress = new Progress();
  const target = targets[0];
  if (!target) throw new Error("there is no target");
  const [root, kernel] = await Promise.all([
    toolchainRoot(cache, toolchainOf(target), progress),
    resolve(cache, target, progress).then((found) => files(cache, found)),
  ]);
  const sandbox = new Sandbox(root, cache);
  const base = await baseImage(cache, sandbox);
  const modules = await faultModules(cache, sandbox, kernel);
  return { kernel, base, sandbox, ...modules, job: (job) => ({ kernel, base, ...job }) };
}

async function faultModules(cache: Cache, sandbox: Sandbox, kernel: KernelFiles) {
  const inputs = { root: sandbox.root.key, release: kernel.release, fixture: await contents() };
  const folder = await cache.entry("guest-fixture", inputs, async (out) => {
    const binds = [
      { from: out, to: "/out", write: true },
      { from: fixture, to: "/fixture" },
    ];
    const argv = ["sh", "/fixture/build.sh", kernel.release, "/out"];
    await sandbox.must("the fault module could not be built", argv, {
      binds,
      trees: [kernel.tree],
    });
  });
  return { faults: `${folder}/faults.ko`, foreign: `${folder}/foreign.ko` };
}

async function contents(): Promise<string[]> {
  const names = ["faults.c", "Kbuild", "build.sh"];
  return Promise.all(names.map((name) => readFile(`${fixture}/${name}`, "utf8")));
}
