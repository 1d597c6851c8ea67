// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { CpioEntry } from "./cpio.js";
import { writeCpio } from "./cpio.js";
import { entriesOf, withFolders } from "./files.js";
import type { GuestJob, GuestModule } from "./job.js";
import { moduleInfo, moduleName, stockModules } from "./modules.js";
import { commandScript, type LoadedModule, loadScript, unloadScript } from "./script.js";

/** What the base image's disk and file system need, unless they are built into the kernel. */
const systemModules = ["virtio_pci", "virtio_blk", "virtio_console", "erofs"];

const init = fileURLToPath(new URL("../init/init.sh", import.meta.url));

/**
 * Writes the archive that the kernel of a job unpacks as its first file system: init, the modules, the job's files.
 * `busybox` is a static one on the host.
 * Errors: those of `entriesOf` and `stockModules`; a missing file of the job.
 */
export async function writeInitramfs(file: string, job: GuestJob, busybox: Buffer): Promise<void> {
  const system = await stockModules(job.kernel.modulesDir, systemModules);
  const modules = await Promise.all((job.modules ?? []).map(prepare));
  const entries: CpioEntry[] = [
    ...skeleton,
    executable("knem/busybox", busybox),
    executable("init", await readFile(init)),
    executable("knem/load", loadScript(modules)),
    executable("knem/unload", unloadScript(modules)),
    executable("knem/command", commandScript(job.command, job.env ?? {})),
    ...system.map((m, i) =>
      executable(`knem/system/${String(i).padStart(2, "0")}-${m.name}.ko`, m.content),
    ),
    ...modules.map((m) => executable(m.path.slice(1), m.content)),
    ...(await entriesOf(job.files ?? [])),
  ];
  await writeCpio(file, withFolders(entries));
}

/** The folders and links that init and programs expect; what lies under knem/dev is put into /dev by init. */
const skeleton: readonly CpioEntry[] = [
  ...["base", "dev", "etc", "proc", "root", "run", "sys"].map(folder),
  ...["knem/dev", "knem/dev/pts", "knem/dev/shm"].map(folder),
  { path: "tmp", type: "folder", mode: 0o1777 },
  link("usr", "base/usr"),
  ...["bin", "lib", "lib64", "sbin"].map((name) => link(name, `usr/${name}`)),
  link("knem/dev/fd", "/proc/self/fd"),
  ...["stdin", "stdout", "stderr"].map((name, fd) => link(`knem/dev/${name}`, `fd/${fd}`)),
];

async function prepare(
  module: GuestModule,
  index: number,
): Promise<LoadedModule & { readonly content: Buffer }> {
  const content = await readFile(module.file);
  const name = moduleInfo(content, moduleName(module.file)).name;
  const path = `/knem/modules/${index}/${name}.ko`;
  return {
    path,
    name,
    content,
    parameters: module.parameters ?? [],
    unload: module.unload ?? true,
  };
}

function folder(path: string): CpioEntry {
  return { path, type: "folder", mode: 0o755 };
}

function link(path: string, target: string): CpioEntry {
  return { path, type: "link", target };
}

function executable(path: string, content: string | Uint8Array): CpioEntry {
  return { path, type: "file", mode: 0o755, content: Buffer.from(content) };
}
