// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { CpioEntry } from "./cpio.js";
import { writeCpio } from "./cpio.js";
import { entriesOf, withFolders } from "./files.js";
import type { GuestJob, GuestKernel, GuestModule, GuestRun } from "./job.js";
import { type Emulator, emulatorOf } from "./machine.js";
import { moduleInfo, moduleName, stockModules } from "./modules.js";
import { commandScript, type LoadedModule, loadScript, unloadScript } from "./script.js";

/** What the base image's disk and file system need, unless they are built into the kernel. */
const systemModules = ({ busDriver }: Emulator): string[] => [
  busDriver,
  "virtio_blk",
  "virtio_console",
  "erofs",
];

const init = (name: string) => fileURLToPath(new URL(`../init/${name}`, import.meta.url));

/**
 * Writes the archive that the kernel of a job unpacks as its first file system: init, the modules, the job's files.
 * `busybox` is a static one on the host.
 * Errors: those of `entriesOf`, `emulatorOf` and `stockModules`; a missing file of the job.
 */
export async function writeInitramfs(file: string, job: GuestJob, busybox: Buffer): Promise<void> {
  const first = await jobEntries("init.sh", busybox, job);
  const emulator = emulatorOf(job.kernel.arch, job.machine);
  const system = await stock(job.kernel, systemModules(emulator));
  await writeCpio(file, withFolders([...first, ...system]));
}

/** What every small guest of ours has: its first process, the modules, the command, the job's files. */
export async function jobEntries(
  first: string,
  busybox: Buffer,
  job: Omit<GuestJob, "kernel" | "base">,
): Promise<CpioEntry[]> {
  const modules = await Promise.all((job.modules ?? []).map(prepare));
  return [
    ...skeleton,
    ...(await common(busybox, first)),
    executable("knem/load", loadScript(modules)),
    executable("knem/unload", unloadScript(modules)),
    executable("knem/command", commandScript(job.command, job.env ?? {})),
    ...modules.map((m) => executable(m.path.slice(1), m.content)),
    ...(await entriesOf(job.files ?? [])),
  ];
}

/**
 * Writes the archive that begins a whole system's boot: the way to its image, and what is put into its /run.
 * Errors: those of `emulatorOf` and `stockModules`.
 */
export async function writeSystemInitramfs(
  file: string,
  kernel: GuestKernel,
  run: GuestRun,
  busybox: Buffer,
): Promise<void> {
  const units = await readdir(init("units"));
  const env = { PATH: systemPath, ...run.env };
  const entries: CpioEntry[] = [
    ...["dev", "image", "memory", "proc", "run", "sys", "system"].map(folder),
    ...(await common(busybox, "system.sh")),
    ...(await stock(kernel, [...systemModules(emulatorOf(kernel.arch, run.machine)), "overlay"])),
    executable("knem/attend", await readFile(init("attend.sh"))),
    executable("knem/command", commandScript(run.command, env)),
    ...(await Promise.all(
      units.map(async (name) =>
        regular(`knem/units/${name}`, await readFile(init(`units/${name}`))),
      ),
    )),
  ];
  await writeCpio(file, withFolders(entries));
}

/** As root's login shell has it. */
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What every archive has: busybox, the first process, what the scripts share. */
async function common(busybox: Buffer, first: string): Promise<CpioEntry[]> {
  return [
    executable("knem/busybox", busybox),
    executable("init", await readFile(init(first))),
    executable("knem/parts", await readFile(init("parts.sh"))),
  ];
}

/** Modules of the kernel's own, in the order in which they are loaded. */
async function stock(kernel: GuestKernel, names: readonly string[]): Promise<CpioEntry[]> {
  const modules = await stockModules(kernel.modulesDir, names);
  return modules.map(({ name, content }, i) =>
    executable(`knem/system/${String(i).padStart(2, "0")}-${name}.ko`, content),
  );
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

function regular(path: string, content: Uint8Array): CpioEntry {
  return { path, type: "file", mode: 0o644, content };
}

function executable(path: string, content: string | Uint8Array): CpioEntry {
  return { path, type: "file", mode: 0o755, content: Buffer.from(content) };
}
