// SPDX-License-Identifier: BSD-3-Clause
// npm run test:site [-- PAGE…]: builds the site, opens its pages and the benchmarks', or some of them, in a browser, and leaves pictures of
// them in build/site-pictures.
import { Workshop } from "@knem/kernels";
import { visitSite } from "@knem/site";
import { entryPoint } from "./entry.js";
import { reportsOf } from "./reports.js";

await entryPoint(async (progress) => {
  const workshop = await Workshop.open(progress);
  const reports = await reportsOf(workshop.checkout);
  const { pages, problems } = await visitSite(workshop, reports, process.argv.slice(2));
  for (const problem of problems) console.log(problem);
  console.log(`\n${pages} pages, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
});
