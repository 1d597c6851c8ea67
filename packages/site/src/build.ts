// SPDX-License-Identifier: BSD-3-Clause
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { KnemError } from "@knem/errors";
import { run, type Workshop } from "@knem/kernels";
import { checkSite } from "./check.js";
import { chaptersOf } from "./contents.js";
import { Manual } from "./manual.js";
import { type Place, settings } from "./settings.js";
import { type Staged, stagePages } from "./stage.js";

/** A site that was built. */
export interface Site extends Place {
  readonly pages: readonly Staged[];
}

/** Builds the site of a checkout. Errors: SITE_FAILED, FILE_MISSING, those of `Manual`. */
export async function buildSite(workshop: Workshop, place: Place): Promise<Site> {
  const { checkout, progress } = workshop;
  const home = join(checkout, "packages/site");
  // Below the package: the generator's own modules are found from there.
  const stage = join(home, ".build");
  const chapters = await chaptersOf(checkout);
  const manual = await Manual.open(workshop, join(checkout, "packages/packaging/source/man"));
  const pages = await stagePages(checkout, stage, chapters, manual);
  const own = join(stage, ".vitepress");
  await mkdir(own, { recursive: true });
  await writeFile(join(own, "config.mjs"), settings(chapters, pages, place));
  await cp(join(home, "theme"), join(own, "theme"), { recursive: true });
  await cp(join(home, "public"), join(stage, "public"), { recursive: true });
  await progress.step("building the site", () => generate(home, stage));
  const problems = await checkSite(place.folder, place.base);
  if (problems.length > 0) throw siteFailed(problems.join("\n"));
  return { ...place, pages };
}

/** In a process of its own: the generator talks, and keeps the process's folders for itself. */
async function generate(home: string, stage: string): Promise<void> {
  const program = join(home, "node_modules/vitepress/bin/vitepress.js");
  const { status, output } = await run(process.execPath, [program, "build", stage], { cwd: home });
  if (status !== 0) throw siteFailed(output.trim());
}

function siteFailed(why: string): KnemError {
  return new KnemError({
    code: "SITE_FAILED",
    what: "the site could not be built",
    why,
    remedy: "mend what is named; dead links are told with the page they are on",
  });
}
