// SPDX-License-Identifier: BSD-3-Clause
// npm run site [-- --out DIR]: the documentation as a static site, by default in build/site.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Workshop } from "@knem/kernels";
import { buildSite } from "@knem/site";
import { entryPoint } from "./entry.js";

await entryPoint(async (progress) => {
  const { values } = parseArgs({ options: { out: { type: "string" } } });
  const workshop = await Workshop.open(progress);
  const { folder, pages } = await buildSite(workshop, resolve(values.out ?? "build/site"));
  console.log(`\n${pages.length} pages in ${folder}`);
  return 0;
});
