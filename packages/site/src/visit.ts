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

/** Pages that are no part of the site: their HTML, by name. */
export type Reports = Readonly<Record<string, string>>;

/**
 * Builds the site, opens its pages and those of `reports`, or those that `only` names, in a browser, and leaves pictures
 * of them in build/site-pictures. Errors: those of `buildSite` and `withBrowser`.
 */
export async function visitSite(
  workshop: Workshop,
  reports: Reports = {},
  only: readonly string[] = [],
): Promise<Visit> {
  const { checkout, progress } = workshop;
  const { folder, pages } = await buildHere(workshop);
  const names = [...pages.map(({ slug }) => slug), ...Object.keys(reports)];
  const wanted = names.filter((name) => only.length === 0 || only.includes(name));
  const pictures = join(checkout, "build/site-pictures");
  const problems = await withBrowser(workshop, (browser) =>
    served(folder, reports, (address) => {
      const subjects = wanted.map((name) => ({ name, address: `${address}/${name}.html` }));
      const look = () => lookAt(browser, subjects, pictures);
      return progress.step(`looking at ${wanted.length} pages`, look);
    }),
  );
  return { pages: wanted.length, problems };
}
