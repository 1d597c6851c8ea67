// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { collect, holdings } from "../garbage.mjs";
import { folder, isPattern, knem, pattern } from "../knem.mjs";

const { allocate, Device } = knem;
const often = process.argv.includes("long") ? 10 : 1;

/** Starts a thread with copies under way, and ends it in one of two ways. */
async function endedInMidCopy(cookie, leave) {
  const workerData = { cookie, leave };
  const worker = new Worker(new URL("../worker.mjs", import.meta.url), {
    argv: [folder],
    workerData,
  });
  const exit = once(worker, "exit");
  if (!leave) {
    await once(worker, "message");
    await worker.terminate();
  }
  await exit;
}

export default {
  "threads share memory, and each may copy": async () => {
    const device = new Device();
    const source = device.createRegion(pattern(4096));
    const shared = allocate(4096);
    const copy = `const { parentPort, workerData } = require("node:worker_threads");
      import(workerData.api).then(async ({ Device }) => {
        const { cookie, shared } = workerData;
        parentPort.postMessage(await new Device().read({ cookie }, shared));
      });`;
    const api = new URL(`file://${folder}/dist/index.js`).href;
    const workerData = { api, cookie: source.cookie, shared: shared.buffer };
    const worker = new Worker(copy, { eval: true, workerData });
    assert.deepEqual(await once(worker, "message"), [4096]);
    assert.ok(isPattern(shared));
    await once(worker, "exit");
    device.close();
  },
  "threads that end in mid-copy leave nothing, and harm nobody": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(1 << 20));
    await endedInMidCopy(region.cookie, false);
    await collect();
    const before = holdings();
    for (let round = 0; round < 2 * often; round++)
      await endedInMidCopy(region.cookie, round % 2 === 1);
    await collect();
    assert.deepEqual(holdings(), before);
    const back = Buffer.alloc(1 << 20);
    device.readSync({ cookie: region.cookie }, back);
    assert.ok(isPattern(back));
    device.close();
  },
};
