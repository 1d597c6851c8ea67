// SPDX-License-Identifier: BSD-3-Clause
// The JavaScript API and the command on a machine with the module, as TAP. Run as root:
//   node api.mjs FOLDER [long]      FOLDER: the package; "long" repeats leak checks ten times as often
import command from "./checks/command.mjs";
import copies from "./checks/copies.mjs";
import engines from "./checks/engines.mjs";
import examples from "./checks/examples.mjs";
import leaks from "./checks/leaks.mjs";
import memory from "./checks/memory.mjs";
import regions from "./checks/regions.mjs";
import signals from "./checks/signals.mjs";
import transports from "./checks/transports.mjs";
import workers from "./checks/workers.mjs";
import { report } from "./tap.mjs";

await report("api.mjs", {
  ...copies,
  ...regions,
  ...memory,
  ...engines,
  ...signals,
  ...transports,
  ...examples,
  ...leaks,
  ...workers,
  ...command,
});
