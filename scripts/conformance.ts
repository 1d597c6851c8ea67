// SPDX-License-Identifier: BSD-3-Clause
import { boot, parseTap } from "@knem/guest";
import type { Count, Target, Workshop } from "@knem/kernels";
import { BIN, outfit } from "./outfit.js";

/** Runs every conformance program in a guest and counts the points that hold. */
export async function conformance(workshop: Workshop, target: Target): Promise<Count> {
  const command = ["sh", "-c", `chmod 0666 /dev/knem && exec ${BIN}/knem-check`];
  const { output } = await boot({
    ...(await outfit(workshop, target)),
    command,
    timeLimit: 300,
  });
  const { passed, failed, failures } = parseTap(output);
  const told = failures.map(({ program, name, detail }) => `${program}: ${name}\n${detail}`);
  return { passed, failed, ...(told.length > 0 && { failures: told.join("\n") }) };
}
