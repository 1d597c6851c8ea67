// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import { defineCommand } from "citty";
import colors from "picocolors";
import { examine } from "../doctor/checks.js";
import type { Finding } from "../doctor/finding.js";
import { patient } from "../doctor/patient.js";
import { System } from "../system.js";
import { refuseUnknown } from "../usage.js";

export default defineCommand({
  meta: { name: "doctor", description: "What keeps KNEM from being used here, and what to do" },
  args: {
    json: { type: "boolean", description: "one JSON object for programs" },
    root: { type: "string", valueHint: "folder", description: "examine the system below a folder" },
  },
  run(context) {
    refuseUnknown(context, "knem doctor");
    const findings = examine(patient(new System(context.args.root)));
    const wrong = findings.filter(({ state }) => state === "problem");
    const checks = findings.map(({ remedy, ...rest }) => ({ ...rest, remedy: remedy ?? null }));
    const document = { healthy: wrong.length === 0, checks };
    console.log(context.args.json ? JSON.stringify(document, null, 2) : text(findings));
    if (wrong.length > 0) throw unhealthy(wrong);
  },
});

const marks = {
  ok: colors.green("✓"),
  note: colors.yellow("•"),
  problem: colors.red("✗"),
} as const;

/** The findings for a person, each remedy below what it is for. */
export function text(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings
    .flatMap(({ name, state, found, remedy }) => [
      `${marks[state]} ${name.padEnd(width)}  ${found}`,
      ...(remedy === undefined ? [] : [`  ${"".padEnd(width)}  → ${remedy}`]),
    ])
    .join("\n");
}

function unhealthy(wrong: readonly Finding[]): KnemError {
  return new KnemError({
    code: "KNEM_UNHEALTHY",
    what: "KNEM cannot be used here as it is",
    why: `not as it should be: ${wrong.map(({ name }) => name).join(", ")}`,
    remedy: "do what is told above below each ✗, from the top",
  });
}
