// SPDX-License-Identifier: BSD-3-Clause
// The JavaScript API and the command on a machine with the module, as TAP. Run as root:
//   node api.mjs FOLDER [long] [GROUP…]
//     FOLDER: the package; "long" repeats leak checks ten times as often, and shares a gigabyte;
//     GROUP: copies, regions, memory, …; all, unless told
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

const groups = {
  copies,
  regions,
  memory,
  engines,
  signals,
  transports,
  examples,
  leaks,
  workers,
  command,
};
const named = Object.keys(groups).filter((name) => process.argv.includes(name));
const chosen = named.length > 0 ? named : Object.keys(groups);
await report("api.mjs", Object.assign({}, ...chosen.map((name) => groups[name])));
