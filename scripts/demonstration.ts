// SPDX-License-Identifier: BSD-3-Clause
import type { Target, Workshop } from "@knem/kernels";
import { checkMeasurements, comparison, failed, methods } from "./comparison.js";
import { BIN, KNEM, outfit } from "./outfit.js";

const MARK = "-- knem --";

/**
 * Boots the target's stock kernel with knem.ko, lets two processes copy between each other there, and gives the table
 * of what was measured and the output of `knem stats` after it. Errors: DEMONSTRATION_FAILED; those of the guest.
 */
export async function demonstrate(workshop: Workshop, target: Target): Promise<string> {
  const steps = [
    "set -e",
    `${BIN}/knem-bench --json --methods ${[...methods.keys()].join(",")}`,
    `echo '${MARK}'`,
    `node ${KNEM} stats --json`,
    `echo '${MARK}'`,
    `node ${KNEM} stats`,
  ];
  const guest = await outfit(workshop, { target }, { crate: "knem-bench" });
  const order = { command: ["sh", "-c", steps.join("; ")], timeLimit: 240 };
  const name = `copying between two processes on ${guest.release}`;
  const { status, output } = await workshop.progress.step(name, () => guest.run(order));
  const [measured, counted, stats] = output.split(`${MARK}\n`);
  if (status !== 0 || !measured || !counted || !stats) throw failed(`status ${status}\n${output}`);
  const measurements = JSON.parse(measured);
  checkMeasurements(measurements, JSON.parse(counted).counters);
  const { results, requests } = measurements;
  const notes = [
    `${requests} copies through KNEM, as the module counted; every byte verified.`,
    "Best of several rounds on an emulated machine: compare the ways with each other, not with hardware.",
  ];
  return `${comparison(results)}\n\n${notes.join("\n")}\n\nknem stats:\n${stats.trimEnd()}`;
}
