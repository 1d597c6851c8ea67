// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { boot, parseTap } from "@knem/guest";
import type { Count, Target, Workshop } from "@knem/kernels";
import { BIN, LIB, outfit } from "./outfit.js";

const API_TEST = "/opt/knem/test/api.mjs";
const MODULE = "/opt/knem/test/knem.ko";

/** Both sets of programs run, whatever becomes of the first. */
const COMMAND = [
  `${BIN}/knem-check; checked=$?`,
  `node ${API_TEST} ${LIB} && exit $checked`,
  "exit 1",
].join("\n");

/** Runs every conformance program and the tests of the JavaScript API in a guest, and counts what holds. */
export async function conformance(workshop: Workshop, target: Target): Promise<Count> {
  const equipped = await outfit(workshop, target, "knem-check");
  const module = await workshop.module(target);
  const files = [
    { to: API_TEST, from: join(workshop.checkout, "packages/knem/test/guest/api.mjs") },
    { to: MODULE, from: module.ko },
  ];
  const { status, output } = await boot({
    ...equipped,
    files: [...(equipped.files ?? []), ...files],
    env: { KNEM_MODULE: MODULE },
    command: ["sh", "-c", `chmod 0666 /dev/knem\n${COMMAND}`],
    timeLimit: 600,
  });
  const { passed, failed, skipped, failures } = parseTap(output);
  // The guest has everything that the programs need.
  const hollow = failed === 0 && (status !== 0 || skipped > 0);
  if (hollow) return { passed, failed: 1, failures: output.slice(-2000) };
  const told = failures.map(({ program, name, detail }) => `${program}: ${name}\n${detail}`);
  return { passed, failed, ...(told.length > 0 && { failures: told.join("\n") }) };
}
