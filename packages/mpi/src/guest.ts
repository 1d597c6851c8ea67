// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BaseImage, boot, type GuestFile, type GuestVerdict, systemImage } from "@knem/guest";
import { type Progress, type Sandbox, type Target, together, type Workshop } from "@knem/kernels";
import { MEMBER, OTHER } from "./people.js";
import { PluginBuilder, type PluginName, pluginsOf } from "./plugins.js";
import { programs } from "./programs.js";
import { MPI, PLUGINS } from "./stacks.js";
import { type SystemName, systems } from "./systems.js";

const guest = fileURLToPath(new URL("../guest", import.meta.url));

/** A guest with an MPI system, knem.ko loaded; its scripts may unload it themselves. */
export interface MpiGuest {
  readonly system: SystemName;
  /**
   * Runs a script as root, the functions of guest/trial.sh being known. Errors: those of `boot`; GUEST_FAILED.
   * `files` are put there besides.
   */
  readonly run: (script: string, files?: readonly GuestFile[]) => Promise<GuestVerdict>;
}

/** A guest of a system, by default with all of its plugins, on a target's kernel. Errors: those of what is made for it. */
export async function mpiGuest(
  workshop: Workshop,
  target: Target,
  system: SystemName,
  plugins: readonly PluginName[] = pluginsOf(system),
): Promise<MpiGuest> {
  const { suite, packages } = systems[system];
  const sandbox = await workshop.sandbox({ suite, packages });
  const [base, made, compiled, kernel, module] = await together([
    image(workshop, sandbox),
    built(workshop, sandbox, plugins),
    programs(workshop.cache, sandbox, workshop.checkout, workshop.progress),
    workshop.kernelFiles(target),
    workshop.module(target),
  ]);
  const own: GuestFile[] = [
    ...made.map((file) => ({ from: file, to: `${PLUGINS}/${basename(file)}`, mode: 0o755 })),
    ...compiled.map((file) => ({ from: file, to: `${MPI}/${basename(file)}`, mode: 0o755 })),
    ...["trial.sh", "kill.sh", "perftest.sh", "hpccinf.txt"].map((name) => ({
      from: join(guest, name),
      to: `${MPI}/${name}`,
    })),
    { from: module.ko, to: `${MPI}/knem.ko` },
    ...(await users(sandbox.root.tree)),
  ];
  const run = (script: string, files: readonly GuestFile[] = []) =>
    boot({
      ...{ kernel, base, memory: 3072, timeLimit: 1800 },
      modules: [{ file: module.ko, unload: false }],
      files: [...own, ...files, { to: "/opt/script", content: script }],
      command: ["/usr/bin/dash", "-c", `. ${MPI}/trial.sh; prepare; . /opt/script`],
      onOutput: announce(workshop.progress, system),
    });
  return { system, run };
}

/** Shows which trial has begun; the guest's output comes in pieces of any size. */
function announce(progress: Progress, system: SystemName): (chunk: Buffer) => void {
  let rest = "";
  return (chunk) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const name = /^%% trial (.*)$/.exec(line)?.[1];
      if (name) progress.note(`${system}: trying ${name}`);
    }
  };
}

/** The system's image: a small guest of ours finds all of its programs and libraries in it. */
async function image(workshop: Workshop, system: Sandbox): Promise<BaseImage> {
  const maker = await workshop.sandbox();
  const inputs = { root: system.root.key, maker: maker.root.key, layout: 1 };
  const make = (folder: string) =>
    workshop.progress.step(`making the image of ${system.root.suite} with MPI`, () =>
      systemImage({ sandbox: maker, tree: system.root.tree }, folder),
    );
  const folder = await workshop.cache.entry(
    "mpi-guest",
    inputs,
    async (out) => void (await make(out)),
    {
      needs: 1.5e9,
    },
  );
  return { image: join(folder, "system.erofs"), busybox: join(folder, "busybox") };
}

async function built(
  workshop: Workshop,
  sandbox: Sandbox,
  plugins: readonly PluginName[],
): Promise<string[]> {
  const { cache, checkout, progress } = workshop;
  const builder = new PluginBuilder(cache, sandbox, checkout, progress);
  const made: string[] = [];
  for (const name of plugins) made.push(await builder.build(name));
  return made;
}

/** The system's users with ours, and the group of the device. */
async function users(tree: string): Promise<GuestFile[]> {
  const [passwd, group] = await Promise.all(
    ["passwd", "group"].map((name) => readFile(join(tree, "etc", name), "utf8")),
  );
  const people = [MEMBER, OTHER].map(
    (name, i) => `${name}:x:${2000 + i}:${2000 + i}::/tmp:/bin/sh`,
  );
  const groups = [MEMBER, OTHER].map((name, i) => `${name}:x:${2000 + i}:`);
  const others = (group ?? "").split("\n").filter((line) => line && !line.startsWith("rdma:"));
  return [
    { to: "/etc/passwd", content: `${passwd}${people.join("\n")}\n` },
    {
      to: "/etc/group",
      content: `${[...others, ...groups, `rdma:x:2100:${MEMBER}`].join("\n")}\n`,
    },
    { to: "/etc/hosts", content: "127.0.0.1 localhost knem\n" },
    { to: "/etc/hostname", content: "knem\n" },
  ];
}
