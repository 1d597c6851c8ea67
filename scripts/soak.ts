// SPDX-License-Identifier: BSD-3-Clause
// pnpm soak [--minutes 10] [--machine debug]: many processes copy in all ways and verify every byte, while some are killed and
// parameters change; the last line tells what came of it, and build/soak.svg how it went. The kernel is the first of
// the table, or the one named.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { targets, Workshop } from "@knem/kernels";
import { bedsOf, bedsWith, debugBeds } from "./beds.js";
import { entryPoint } from "./entry.js";
import { soak } from "./soaking.js";

await entryPoint(async (progress) => {
  const options = {
    minutes: { type: "string", default: "10" },
    machine: { type: "string" },
  } as const;
  const { minutes, machine } = parseArgs({ options }).values;
  const workshop = await Workshop.open(progress);
  const [bed] = bedsWith(machine, bedsOf(targets.slice(0, 1)), debugBeds(targets));
  if (!bed) throw new Error("the table of targets is empty");
  const { holds, line, plot } = await progress.step("soaking", () =>
    soak(workshop, bed, Number(minutes)),
  );
  const folder = join(workshop.checkout, "build");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "soak.svg"), plot);
  console.log(line);
  return holds ? 0 : 1;
});
