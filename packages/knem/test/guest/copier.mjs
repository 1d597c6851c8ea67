// SPDX-License-Identifier: BSD-3-Clause
// A process for the command to look at: it has two regions and copies from one of them, until it is killed.
//   node copier.mjs FOLDER      FOLDER: the package, with dist/ and the native part
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const folder = resolve(process.argv[2] ?? ".");
const { allocate, Device } = await import(pathToFileURL(join(folder, "dist", "index.js")).href);

const device = new Device();
const region = device.createRegion(allocate(4 << 20).fill(1));
// A region that nothing refers to any more ends.
globalThis.once = device.createRegion(allocate(4096).fill(2), { singleUse: true });
const target = Buffer.alloc(64 << 10);
console.log("ready");
for (;;) {
  for (let copy = 0; copy < 20; copy += 1) device.readSync({ cookie: region.cookie }, target);
  await setTimeout(20);
}
