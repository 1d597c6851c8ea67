// SPDX-License-Identifier: BSD-3-Clause
import type { Progress } from "@knem/kernels";
import { type Bench, withBench } from "./bench.js";
import { type Maker, packCommand, packSource } from "./make.js";

/** The Debian packages, from the source tarball and the command. */
export const makeDebs: Maker = async (plan, workshop, take) => {
  const { cache, progress } = workshop;
  const { version, epoch } = plan;
  await withBench(cache, progress, async (bench) => {
    await packSource(plan, workshop, bench.folder);
    await packCommand(plan, workshop, bench.folder);
    const unpack = `tar -xf knem-${version}.tar.gz && tar -C knem-${version} -xf knem-command-${version}.tar.gz`;
    await bench.must("the source could not be unpacked", unpack);
    await buildPackage(bench, progress, `knem-${version}`, epoch);
    await take(bench.folder);
  });
};

/** Builds what debian/ in a folder of the bench says, and has lintian look at it. */
export async function buildPackage(
  bench: Bench,
  progress: Progress,
  folder: string,
  epoch: number,
  arch = "",
): Promise<void> {
  const other = arch ? `--host-arch ${arch} --no-check-builddeps` : "";
  const env = { SOURCE_DATE_EPOCH: String(epoch), DEB_BUILD_OPTIONS: "noautodbgsym" };
  await progress.step("dpkg-buildpackage", () =>
    bench.must(
      "the Debian packages could not be built",
      `cd '${folder}' && dpkg-buildpackage --build=binary --no-sign ${other}`,
      env,
    ),
  );
  await progress.step("lintian", () =>
    bench.must(
      "lintian is not content with the Debian packages",
      "lintian --allow-root --pedantic --fail-on error,warning *.changes",
    ),
  );
}
