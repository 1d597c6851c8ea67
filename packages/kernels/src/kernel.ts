// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Archive, type DebianPackage, unpack } from "./archive.js";
import { type Cache, exists, keyOf } from "./cache.js";
import { KnemError } from "./errors.js";
import type { Progress } from "./progress.js";
import { nameOf, type Target } from "./targets.js";
import { comparePackages, compareReleases, inSeries, seriesOf } from "./versions.js";

/** A kernel that the archive has: what a target stands for at the moment. */
export interface Kernel {
  readonly target: Target;
  /** What `uname -r` says on it. */
  readonly release: string;
  /** The version of its headers package, and of its source. */
  readonly version: string;
  /** Headers, kernel and modules. */
  readonly packages: readonly DebianPackage[];
  /** linux-source-X.Y of the same version. */
  readonly source: DebianPackage;
  /** What its build runs (linux-kbuild) for this machine, where the kernel's own is for another architecture. */
  readonly programs?: readonly DebianPackage[];
}

/** Debian's name of the architecture that everything is built on. */
const HERE = "amd64";

/** A stock kernel's files, ready to be built against and booted. */
export interface KernelFiles {
  readonly release: string;
  /** Debian's name of its architecture. */
  readonly arch: string;
  /** Everything that its packages hold, laid out as installed (`usr/src/…`, `usr/lib/modules/…`). */
  readonly tree: string;
  readonly vmlinuz: string;
  /** The folder named by the release that holds modules.dep and kernel/. */
  readonly modulesDir: string;
}

/**
 * The newest kernel of a target that the archive has now. What was found is remembered: for an hour it is not asked
 * again, and when the archive cannot be reached the last answer is used, with a warning.
 * Errors: ARCHIVE_UNREACHABLE with nothing remembered, NO_KERNEL.
 */
export async function resolve(cache: Cache, target: Target, progress: Progress): Promise<Kernel> {
  const memory = join(cache.folder, "resolved", `${keyOf(target)}.json`);
  const archive = new Archive(cache, target.suite, target.arch);
  const here = new Archive(cache, target.suite, HERE);
  try {
    await archive.update();
    await here.update();
  } catch (error) {
    const known = (await exists(memory)) ? await readFile(memory, "utf8") : undefined;
    if (!known || !(error instanceof KnemError)) throw error;
    const kernel: Kernel = JSON.parse(known);
    progress.note(`warning: ${error.what}; going on with ${kernel.release}, found earlier`);
    return kernel;
  }
  const kernel = newest(target, await archive.packages(), await here.packages());
  await mkdir(dirname(memory), { recursive: true });
  await writeFile(`${memory}.${process.pid}`, JSON.stringify(kernel));
  await rename(`${memory}.${process.pid}`, memory);
  return kernel;
}

/** The newest kernel of a target among the packages of its suite, and those for this machine. Errors: NO_KERNEL. */
export function newest(
  target: Target,
  all: readonly DebianPackage[],
  here: readonly DebianPackage[] = all,
): Kernel {
  const escaped = target.flavour.replaceAll(/[^\w-]/g, "\\$&");
  const headers = new RegExp(`^linux-headers-(\\d[^-]*-${escaped})$`);
  const found = all
    .flatMap((one) => {
      const release = headers.exec(one.name)?.[1];
      return release && wanted(release, target) ? [{ release, version: one.version }] : [];
    })
    .sort((a, b) => compareReleases(b.release, a.release) || comparePackages(b.version, a.version));
  for (const { release, version } of found) {
    const kernel = complete(target, release, version, all);
    if (kernel && target.arch === HERE) return kernel;
    const programs = kernel && borrowed(kernel, here);
    if (programs) return { ...kernel, ...programs };
  }
  throw new KnemError({
    code: "NO_KERNEL",
    what: `the archive has no kernel ${nameOf(target)}`,
    why: found[0]
      ? `${found[0].release} lacks its image or linux-source-${seriesOf(found[0].release)} ${found[0].version}`
      : `no package linux-headers-${target.series}.*-${target.flavour} is in the suite`,
    remedy: "choose another series, flavour or suite; see packages/kernels/src/targets.ts",
  });
}

const wanted = (release: string, { series }: Target): boolean =>
  series === "newest" || inSeries(release, series);

/** A kernel with its image, its modules and the source of the very same version, or undefined. */
function complete(
  target: Target,
  release: string,
  version: string,
  all: readonly DebianPackage[],
): Kernel | undefined {
  const byName = new Map(
    [...all].sort((a, b) => comparePackages(a.version, b.version)).map((one) => [one.name, one]),
  );
  const abi = release.slice(0, -target.flavour.length - 1);
  const packages = new Map<string, DebianPackage>();
  const take = (name: string) => {
    const one = byName.get(name);
    if (!one || packages.has(name) || !name.includes(abi)) return;
    packages.set(name, one);
    one.depends.forEach(take);
  };
  take(`linux-headers-${release}`);
  take(`linux-image-${release}`);
  const source = all.find(
    (one) => one.name === `linux-source-${seriesOf(release)}` && one.version === version,
  );
  if (!source || !packages.has(`linux-image-${release}`)) return undefined;
  return { target, release, version, packages: [...packages.values()], source };
}

/** A foreign kernel's packages, with the programs of its build that this machine can run; or undefined. */
function borrowed({ packages, version }: Kernel, here: readonly DebianPackage[]) {
  const isProgram = ({ name }: DebianPackage) => name.startsWith("linux-kbuild-");
  const wanted = packages.filter(isProgram).map(({ name }) => name);
  const programs = here.filter((one) => wanted.includes(one.name) && one.version === version);
  if (programs.length === 0) return undefined;
  return { packages: packages.filter((one) => !isProgram(one)), programs };
}

/** The kernel's headers, image and modules, unpacked in the cache. */
export async function files(cache: Cache, kernel: Kernel): Promise<KernelFiles> {
  const { packages, programs } = kernel;
  const inputs = { packages, ...(programs && { programs }), layout: 1 };
  const tree = await cache.entry("kernel", inputs, (folder) => fetchTree(cache, kernel, folder), {
    needs: 600e6,
  });
  const { release } = kernel;
  const { arch } = kernel.target;
  const modulesDir = join(tree, "usr/lib/modules", release);
  const places = [join(modulesDir, "vmlinuz"), join(tree, "boot", `vmlinuz-${release}`)];
  const vmlinuz = (await exists(places[0] ?? "")) ? places[0] : places[1];
  return { release, arch, tree, vmlinuz: vmlinuz ?? "", modulesDir };
}

/** The kernel's source tarball, in the cache. */
export async function source(cache: Cache, kernel: Kernel): Promise<string> {
  const folder = await cache.entry(
    "source",
    { source: kernel.source },
    async (half) => {
      await fetch(archiveOf(cache, kernel), [kernel.source], half);
    },
    { needs: 400e6 },
  );
  return join(folder, "usr/src", `${kernel.source.name}.tar.xz`);
}

async function fetchTree(cache: Cache, kernel: Kernel, folder: string): Promise<void> {
  await fetch(archiveOf(cache, kernel), kernel.packages, folder);
  await fetch(archiveOf(cache, kernel, HERE), kernel.programs ?? [], folder);
  // Where /lib is still a folder of its own in the packages: roots have it merged into /usr.
  if (!(await exists(join(folder, "lib/modules")))) return;
  await mkdir(join(folder, "usr/lib"), { recursive: true });
  await rename(join(folder, "lib/modules"), join(folder, "usr/lib/modules"));
  await rm(join(folder, "lib"), { recursive: true });
}

const archiveOf = (cache: Cache, { target }: Kernel, arch = target.arch): Archive =>
  new Archive(cache, target.suite, arch);

async function fetch(
  archive: Archive,
  packages: readonly DebianPackage[],
  folder: string,
): Promise<void> {
  if (packages.length === 0) return;
  const downloads = join(folder, "downloads");
  await mkdir(downloads);
  await unpack(await archive.download(packages, downloads), folder);
  await rm(downloads, { recursive: true });
}
