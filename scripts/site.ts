// SPDX-License-Identifier: BSD-3-Clause
// npm run site [-- --out DIR --base /PATH/]: the documentation as a static site; by default in build/site, to be served
// at the top of its host.
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { Workshop } from "@knem/kernels";
import { buildSite } from "@knem/site";
import { entryPoint } from "./entry.js";

await entryPoint(async (progress) => {
  const { values } = parseArgs({ options: { out: { type: "string" }, base: { type: "string" } } });
  const workshop = await Workshop.open(progress);
  const place = { folder: resolve(values.out ?? "build/site"), base: values.base ?? "/" };
  const { folder, pages } = await buildSite(workshop, place);
  console.log(`\n${pages.length} pages in ${folder}`);
  return 0;
});
