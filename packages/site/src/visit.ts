// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { Workshop } from "@knem/kernels";
import { withBrowser } from "./browser.js";
import { buildSite, type Site } from "./build.js";
import { lookAt } from "./looks.js";
import { served } from "./server.js";

/** What a visit found. */
export interface Visit {
  /** How many pages were opened. */
  readonly pages: number;
  readonly problems: readonly string[];
}

/** Builds the site of a checkout in its build/site. Errors: those of `buildSite`. */
export const buildHere = (workshop: Workshop): Promise<Site> =>
  buildSite(workshop, { folder: join(workshop.checkout, "build/site"), base: "/" });

/**
 * Builds the site, opens its pages, or those of the addresses `only`, in a browser, and leaves pictures of them in
 * build/site-pictures. Errors: those of `buildSite` and `withBrowser`.
 */
export async function visitSite(workshop: Workshop, only: readonly string[] = []): Promise<Visit> {
  const { checkout, cache, progress } = workshop;
  const { folder, pages } = await buildHere(workshop);
  const wanted = pages.filter(({ slug }) => only.length === 0 || only.includes(slug));
  const pictures = join(checkout, "build/site-pictures");
  const problems = await withBrowser(cache, progress, (browser) =>
    served(folder, (address) => {
      const subjects = wanted.map(({ slug }) => ({
        name: slug,
        address: `${address}/${slug}.html`,
      }));
      const look = () => lookAt(browser, subjects, pictures);
      return progress.step(`looking at ${wanted.length} pages`, look);
    }),
  );
  return { pages: wanted.length, problems };
}
