// SPDX-License-Identifier: BSD-3-Clause
import { defineCommand } from "citty";
import { Device, type Info } from "../../device.js";
import { native } from "../../native.js";
import { featureText, flagText } from "../flags.js";
import { options } from "../options.js";
import { table } from "../table.js";
import { refuseUnknown } from "../usage.js";

export default defineCommand({
  meta: { name: "info", description: "Whether this user can use the module, and what it offers" },
  args: options,
  run(context) {
    refuseUnknown(context, "knem info");
    const path = context.args.device ?? native().DEVICE_PATH;
    const device = new Device(path);
    const info = device.info();
    device.close();
    console.log(
      context.args.json ? JSON.stringify({ device: path, ...info }, null, 2) : text(path, info),
    );
  },
});

/** The answer for a person. */
export function text(path: string, info: Info): string {
  return table([
    ["Device", path],
    ["ABI", `0x${info.abi.toString(16)}`],
    ["Features", featureText(info.features)],
    ["Forced flags", flagText(info.forcedFlags)],
    ["Ignored flags", flagText(info.ignoredFlags)],
  ]).join("\n");
}
