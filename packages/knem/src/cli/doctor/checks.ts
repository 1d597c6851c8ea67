// SPDX-License-Identifier: BSD-3-Clause
import { access, node, rule } from "./device.js";
import type { Check, Finding, Patient } from "./finding.js";
import { rust, secureBoot } from "./kernel.js";
import { hugePages, lockedMemory } from "./memory.js";
import { abi, atStart, loaded } from "./module.js";
import { cma, libraries } from "./programs.js";

/** From what everything else needs to what is good to know. */
const checks: readonly Check[] = [
  ...[loaded, rust, secureBoot, atStart],
  ...[node, access, rule, abi],
  ...[lockedMemory, hugePages, cma, libraries],
];

/** Everything that was found, in the order of the checks. */
export function examine(patient: Patient): Finding[] {
  return checks.flatMap((check) => check(patient) ?? []);
}
