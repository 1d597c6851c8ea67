// SPDX-License-Identifier: BSD-3-Clause
import { defineCommand } from "citty";
import { native } from "../../native.js";
import { inquire } from "../info/document.js";
import { text } from "../info/text.js";
import { options } from "../options.js";
import { System } from "../system.js";
import { refuseUnknown } from "../usage.js";

export default defineCommand({
  meta: {
    name: "info",
    description: "Whether this user can use the module, what it offers, and who is built with it",
  },
  args: options,
  run(context) {
    refuseUnknown(context, "knem info");
    const path = context.args.device ?? native().DEVICE_PATH;
    const { document, problem } = inquire(new System(), path);
    console.log(context.args.json ? JSON.stringify(document, null, 2) : text(document));
    if (problem) throw problem;
  },
});
