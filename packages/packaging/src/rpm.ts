// SPDX-License-Identifier: BSD-3-Clause
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { withBench } from "./bench.js";
import { type Maker, packCommand, packSource } from "./make.js";

/** Everything in the one folder, and nothing in folders of architectures. */
const PLACES = [
  "_topdir $PWD/work",
  "_sourcedir $PWD",
  "_rpmdir $PWD",
  "_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm",
].map((definition) => `--define "${definition}"`);

/** The RPM packages, from the source tarball and the command. */
export const makeRpms: Maker = async (plan, workshop, take) => {
  const { cache, progress } = workshop;
  const { checkout, version, epoch } = plan;
  await withBench(cache, progress, async ({ folder, must }) => {
    await packSource(plan, workshop, folder);
    await packCommand(plan, workshop, folder);
    const build = [
      `tar --strip-components=1 -xf knem-${version}.tar.gz knem-${version}/knem.spec`,
      `rpmbuild -bb --with command ${PLACES.join(" ")} knem.spec`,
    ].join("\n");
    const env = { SOURCE_DATE_EPOCH: String(epoch) };
    const failed = "the RPM packages could not be built";
    await progress.step("rpmbuild", () => must(failed, build, env));
    await copyFile(join(checkout, "packages/packaging/rpmlint.toml"), join(folder, "rpmlint.toml"));
    const lint = "rpmlint --strict --config rpmlint.toml knem.spec *.rpm";
    const refused = "rpmlint is not content with the RPM packages";
    await progress.step("rpmlint", () => must(refused, lint));
    await take(folder);
  });
};
