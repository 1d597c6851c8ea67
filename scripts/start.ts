// SPDX-License-Identifier: BSD-3-Clause
// npm start: the module built for the newest stock kernel, booted, and two processes copying through it.
import { targets, Workshop } from "@knem/kernels";
import { demonstrate } from "./demonstration.js";
import { entryPoint } from "./entry.js";

await entryPoint(async (progress) => {
  const [target] = targets;
  if (!target) throw new Error("the table of targets is empty");
  const workshop = await Workshop.open(progress);
  console.log(`\n${await demonstrate(workshop, target)}`);
  return 0;
});
