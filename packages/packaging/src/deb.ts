// SPDX-License-Identifier: BSD-3-Clause
import type { Cache, Progress } from "@knem/kernels";
import { withBench } from "./bench.js";
import type { Release } from "./sources.js";

/**
 * Builds the Debian packages from the source tarball and the command, by dpkg-buildpackage, and has lintian look at
 * them; `take` gets the folder that they lie in. Errors: COMMAND_FAILED.
 */
export async function buildDebs(
  cache: Cache,
  progress: Progress,
  { version, epoch }: Release,
  fill: (folder: string) => Promise<void>,
  take: (folder: string) => Promise<void>,
): Promise<void> {
  await withBench(cache, progress, async (bench) => {
    await fill(bench.folder);
    await progress.step("dpkg-buildpackage", () =>
      bench.must(
        "the Debian packages could not be built",
        `tar -xf knem-${version}.tar.gz
         if [ -e command.tar.gz ]; then tar -C knem-${version} -xf command.tar.gz; fi
         cd knem-${version} && dpkg-buildpackage -b -us -uc`,
        { SOURCE_DATE_EPOCH: String(epoch), DEB_BUILD_OPTIONS: "noautodbgsym" },
      ),
    );
    await take(bench.folder);
    await progress.step("lintian", () =>
      bench.must(
        "lintian is not content with the Debian packages",
        "lintian --allow-root --pedantic --fail-on error,warning *.changes",
      ),
    );
    await take(bench.folder);
  });
}
