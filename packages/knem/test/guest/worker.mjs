// SPDX-License-Identifier: BSD-3-Clause
// A thread that is ended in the middle of its copies, with regions that it never ends.
import { parentPort, workerData } from "node:worker_threads";
import { knem } from "./knem.mjs";

function begin() {
  const device = new knem.Device();
  const own = device.createRegion(knem.allocate(1 << 20));
  for (const cookie of [own.cookie, workerData.cookie])
    for (const engine of ["pool", "thread"])
      for (let copy = 0; copy < 4; copy++)
        void device.read({ cookie }, knem.allocate(1 << 20), { engine });
  if (workerData.leave) process.exit();
  parentPort.postMessage("begun");
}

// V8 of Node 24 aborts when a thread is ended while it evaluates modules with a top-level await.
setImmediate(begin);
