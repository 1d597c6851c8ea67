// SPDX-License-Identifier: BSD-3-Clause
// pnpm build:kmod [--kernel 7.3]… [--flavour cloud-amd64]… [--suite trixie-backports]… [--arch amd64]… | --all
// Builds knem.ko for one kernel or several and puts it into build/<release>/.
import { buildKmods, kmodArguments, kmodTable, render, Workshop } from "@knem/kernels";
import { entryPoint } from "./entry.js";

await entryPoint(async (progress) => {
  const targets = kmodArguments(process.argv.slice(2));
  const workshop = await Workshop.open(progress);
  const results = await buildKmods(workshop, targets);
  const failures = results.flatMap(({ error }) => (error === undefined ? [] : [error]));
  for (const error of failures) console.error(render(error));
  console.log(kmodTable(results));
  return failures.length > 0 ? 1 : 0;
});
