// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { boot, parseTap } from "@knem/guest";
import type { Count, Target, Workshop } from "@knem/kernels";
import { BIN, LIB, outfit } from "./outfit.js";

const API_TEST = "/opt/knem/test/api.mjs";

/** Both sets of programs run, whatever becomes of the first. */
const COMMAND = [
  `${BIN}/knem-check; checked=$?`,
  `node ${API_TEST} ${LIB} && exit $checked`,
  "exit 1",
].join("\n");

/** Runs every conformance program and the tests of the JavaScript API in a guest, and counts what holds. */
export async function conformance(workshop: Workshop, target: Target): Promise<Count> {
  const equipped = await outfit(workshop, target, "knem-check");
  const api = { to: API_TEST, from: join(workshop.checkout, "packages/knem/test/guest/api.mjs") };
  const { status, output } = await boot({
    ...equipped,
    files: [...(equipped.files ?? []), api],
    command: ["sh", "-c", `chmod 0666 /dev/knem\n${COMMAND}`],
    timeLimit: 600,
  });
  const { passed, failed, failures } = parseTap(output);
  if (status !== 0 && failed === 0) return { passed, failed: 1, failures: output.slice(-2000) };
  const told = failures.map(({ program, name, detail }) => `${program}: ${name}\n${detail}`);
  return { passed, failed, ...(told.length > 0 && { failures: told.join("\n") }) };
}
