// SPDX-License-Identifier: BSD-3-Clause
// pnpm test:kernels [--kernel 7.3]… [--flavour cloud-amd64]… [--suite trixie-backports]… [--arch amd64]… [--machine versal]
// Builds, boots and tests on every kernel of the table, or on those named, on their usual machine and on the further
// ones, or on the one named; after all of them, docs/support.md is written. --machine uml means User Mode Linux, which is
// built from the source of the first kernel.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  kmodArguments,
  SUPPORT_DATA,
  SUPPORT_PAGE,
  supportPage,
  unsupported,
  verdict,
  Workshop,
} from "@knem/kernels";
import { bedsOf, bedsWith, machineArgument, umlBeds } from "./beds.js";
import { entryPoint } from "./entry.js";
import { matrix, matrixTable, supportOf } from "./matrix.js";

await entryPoint(async (progress) => {
  const { machine, rest } = machineArgument(process.argv.slice(2));
  const targets = kmodArguments(rest.length > 0 ? rest : ["--all"]);
  const beds = bedsWith(machine, bedsOf(targets), umlBeds(targets));
  const workshop = await Workshop.open(progress);
  const results = await matrix(workshop, beds);
  const support = supportOf(results);
  if (machine === undefined && unsupported(support).length === 0) {
    const { checkout } = workshop;
    await writeFile(join(checkout, SUPPORT_DATA), `${JSON.stringify(support, null, 2)}\n`);
    await writeFile(join(checkout, SUPPORT_PAGE), supportPage(support));
    progress.note(`wrote ${SUPPORT_PAGE}`);
  }
  for (const { failures } of results) if (failures) console.error(failures);
  console.log(`\n${matrixTable(results)}\n\n${verdict(results)}`);
  return results.every(({ failed }) => failed === 0) ? 0 : 1;
});
