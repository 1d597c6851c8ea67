// SPDX-License-Identifier: BSD-3-Clause
import { defineCommand } from "citty";
import { native } from "../../native.js";
import { number } from "../number.js";
import { live } from "../top/live.js";
import { Terminal } from "../top/terminal.js";
import { refuseUnknown, usageError } from "../usage.js";

const NAME = "knem top";

export default defineCommand({
  meta: { name: "top", description: "What the module does, live, and who has memory pinned" },
  args: {
    device: { type: "string", valueHint: "path", description: "another node than /dev/knem" },
    interval: { type: "string", valueHint: "seconds", description: "between two looks; 1" },
    count: { type: "string", valueHint: "number", description: "end after so many looks" },
  },
  async run(context) {
    refuseUnknown(context, NAME);
    const { device, interval, count } = context.args;
    const how = {
      device: device ?? native().DEVICE_PATH,
      interval: number(interval ?? "1", "interval", NAME),
      count: count === undefined ? undefined : number(count, "count", NAME),
    };
    if (!process.stdout.isTTY)
      throw usageError(
        `cannot run ${NAME}`,
        "it needs a terminal; knem stats --watch does not",
        NAME,
      );
    await live(new Terminal(process.stdin, process.stdout), how);
  },
});
