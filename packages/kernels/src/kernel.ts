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
}

/** A stock kernel's files, ready to be built against and booted. */
export interface KernelFiles {
  readonly release: string;
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
  try {
    await archive.update();
  } catch (error) {
    const known = (await exists(memory)) ? await readFile(memory, "utf8") : undefined;
    if (!known || !(error instanceof KnemError)) throw error;
    const kernel: Kernel = JSON.parse(known);
    progress.note(`warning: ${error.what}; going on with ${kernel.release}, found earlier`);
    return kernel;
  }
  const kernel = newest(target, await archive.packages());
  await mkdir(dirname(memory), { recursive: true });
  await writeFile(`${memory}.${process.pid}`, JSON.stringify(kernel));
  await rename(`${memory}.${process.pid}`, memory);
  return kernel;
}

/** The newest kernel of a target among the packages of its suite. Errors: NO_KERNEL. */
export function newest(target: Target, all: readonly DebianPackage[]): Kernel {
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
    if (kernel) return kernel;
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

/** The kernel's headers, image and modules, unpacked in the cache. */
export async function files(cache: Cache, kernel: Kernel): Promise<KernelFiles> {
  const inputs = { packages: kernel.packages, layout: 1 };
  const tree = await cache.entry("kernel", inputs, (folder) => fetchTree(cache, kernel, folder), {
    needs: 600e6,
  });
  const { release } = kernel;
  const modulesDir = join(tree, "usr/lib/modules", release);
  const places = [join(modulesDir, "vmlinuz"), join(tree, "boot", `vmlinuz-${release}`)];
  const vmlinuz = (await exists(places[0] ?? "")) ? places[0] : places[1];
  return { release, tree, vmlinuz: vmlinuz ?? "", modulesDir };
}

/** The kernel's source tarball, in the cache. */
export async function source(cache: Cache, kernel: Kernel): Promise<string> {
  const folder = await cache.entry(
    "source",
    { source: kernel.source },
    async (half) => {
      await fetch(cache, kernel, [kernel.source], half);
    },
    { needs: 400e6 },
  );
  return join(folder, "usr/src", `${kernel.source.name}.tar.xz`);
}

async function fetchTree(cache: Cache, kernel: Kernel, folder: string): Promise<void> {
  await fetch(cache, kernel, kernel.packages, folder);
  // Where /lib is still a folder of its own in the packages: roots have it merged into /usr.
  if (!(await exists(join(folder, "lib/modules")))) return;
  await mkdir(join(folder, "usr/lib"), { recursive: true });
  await rename(join(folder, "lib/modules"), join(folder, "usr/lib/modules"));
  await rm(join(folder, "lib"), { recursive: true });
}

async function fetch(
  cache: Cache,
  { target }: Kernel,
  packages: readonly DebianPackage[],
  folder: string,
): Promise<void> {
  const downloads = join(folder, "downloads");
  await mkdir(downloads);
  const archive = new Archive(cache, target.suite, target.arch);
  await unpack(await archive.download(packages, downloads), folder);
  await rm(downloads, { recursive: true });
}
