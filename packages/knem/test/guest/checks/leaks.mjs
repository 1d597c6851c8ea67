// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { collect, resident, settled } from "../garbage.mjs";
import { code, knem, pattern } from "../knem.mjs";

const { allocate, Device } = knem;

/** What each step uses, so that a few that are not let go are seen. */
const BYTES = 512 << 10;

const often = process.argv.includes("long") ? 10 : 1;
/** What the heap may grow by meanwhile, in bytes; all the memory that is used is many times that. */
const SLACK = 24 << 20;

/** Does the work again and again; what it held is let go, and the process does not grow. */
async function steady(times, work) {
  await work();
  const [before, size] = [await settled(), resident()];
  for (let round = 0; round < times * often; round++) await work();
  assert.deepEqual(await settled(), before);
  const growth = resident() - size;
  assert.ok(growth < SLACK, `it grew by ${growth} bytes`);
}

export default {
  "regions that are destroyed leave nothing": async () => {
    const device = new Device();
    await steady(400, () => device.createRegion(allocate(BYTES)).end());
    device.close();
  },
  "regions that nothing refers to leave nothing": async () => {
    const device = new Device();
    const work = async () => {
      for (let each = 0; each < 50; each++) device.createRegion(allocate(BYTES));
      await collect();
    };
    await steady(6, work);
    device.close();
  },
  "devices leave nothing, closed or not": async () => {
    const work = async () => {
      for (let each = 0; each < 10; each++) {
        const device = new Device();
        const region = device.createRegion(allocate(4096));
        await device.read({ cookie: region.cookie }, allocate(4096), { engine: "thread" });
        if (each % 2 === 0) device.close();
      }
      await collect();
    };
    await steady(3, work);
  },
  "copies leave nothing, whatever their engine and end": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(BYTES));
    const place = { cookie: region.cookie };
    const work = async () => {
      const target = allocate(BYTES);
      const { signal } = new AbortController();
      await Promise.all([
        device.read(place, [target.subarray(0, 9), target.subarray(9)]),
        device.read(place, target, { engine: "thread" }),
        device.read(place, target, { signal }),
        code(() => device.write(place, target)),
        code(() => device.write(place, target, { engine: "thread" })),
        code(() => device.createRegion(new Uint8Array(9))),
      ]);
      device.readSync(place, target);
    };
    await steady(120, work);
    device.close();
  },
};
