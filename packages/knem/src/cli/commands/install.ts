// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import { defineCommand } from "citty";
import { packaging } from "../packaging.js";
import { refuseUnknown } from "../usage.js";

export default defineCommand({
  meta: { name: "install", description: "Builds and installs KNEM here, from a checkout, as root" },
  args: {
    "dry-run": { type: "boolean", description: "show what would be done; no more" },
    json: { type: "boolean", description: "one JSON object for programs" },
    prefix: { type: "string", valueHint: "folder", description: "instead of /opt/knem" },
    uninstall: { type: "boolean", description: "take back what this machine was given" },
  },
  async run(context) {
    refuseUnknown(context, "knem install");
    const { "dry-run": dry, json, prefix, uninstall } = context.args;
    const { PREFIX, carryOut, catchInterrupts, installSteps, stepText, uninstallSteps } =
      await packaging("install the module", "install");
    const place = prefix ?? PREFIX;
    const steps = (uninstall ? uninstallSteps : installSteps)(place);
    if (!json) console.log(stepText(steps));
    if (!dry) {
      if (process.getuid?.() !== 0) throw notRoot();
      catchInterrupts();
      await carryOut(steps);
    }
    if (json) console.log(JSON.stringify({ prefix: place, steps, done: !dry }, null, 2));
  },
});

function notRoot(): KnemError {
  return new KnemError({
    code: "KNEM_NOT_PRIVILEGED",
    what: "cannot install",
    why: "only root may put files where the system looks for them, and load a module",
    remedy: "run it as root, or see with --dry-run what it would do",
  });
}
