// SPDX-License-Identifier: BSD-3-Clause
import { release } from "node:os";
import { defineCommand } from "citty";
import { native } from "../../native.js";
import { System } from "../system.js";
import { table } from "../table.js";
import { refuseUnknown } from "../usage.js";
import { version } from "../version.js";

export default defineCommand({
  meta: { name: "version", description: "The versions of the command, the module and the kernel" },
  args: { json: { type: "boolean", description: "one JSON object for programs" } },
  run(context) {
    refuseUnknown(context, "knem version");
    const known = document(new System());
    if (context.args.json) return console.log(JSON.stringify(known, null, 2));
    const { command, abi, module, kernel, node } = known;
    console.log(
      table([
        ["Command", command],
        ["ABI", abi === null ? "unknown: the native part is missing" : `0x${abi.toString(16)}`],
        ["Module", module ?? "not loaded"],
        ["Kernel", kernel],
        ["Node", node],
      ]).join("\n"),
    );
  },
});

/** The JSON document, as schema/version.json has it. */
function document(system: System) {
  return {
    command: version(),
    abi: builtFor(),
    module: system.text("/sys/module/knem/version")?.trim() ?? null,
    kernel: release(),
    node: process.versions.node,
  };
}

/** The version of the contract that this package speaks; null without its native part. */
function builtFor(): number | null {
  try {
    return native().ABI_VERSION;
  } catch {
    return null;
  }
}
