// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { isPattern, knem, pattern } from "../knem.mjs";

const { allocate, Device } = knem;

/** More than there are threads in the pool. */
const MANY = 24;

async function reasonOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return undefined;
}

export default {
  "a copy whose signal was aborted never begins": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(), { singleUse: true });
    const place = { cookie: region.cookie };
    const signal = AbortSignal.abort();
    for (const engine of ["pool", "thread"]) {
      const error = await reasonOf(device.read(place, allocate(9), { engine, signal }));
      assert.equal(error?.name, "AbortError");
    }
    assert.equal(device.readSync(place, Buffer.alloc(9)), 9);
    device.close();
  },
  "a copy that waits is called off at once, one that runs ends first": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(1 << 20));
    const controller = new AbortController();
    const { signal } = controller;
    const targets = Array.from({ length: MANY }, () => allocate(1 << 20));
    const reason = new Error("enough");
    const copies = targets.map((target) =>
      reasonOf(device.read({ cookie: region.cookie }, target, { signal })),
    );
    controller.abort(reason);
    const reasons = await Promise.all(copies);
    const done = targets.filter((target) => isPattern(target.subarray(-4096), (1 << 20) - 4096));
    // Each is whole or untouched, and none of those that waited was begun.
    for (const [index, target] of targets.entries()) {
      if (done.includes(target)) assert.ok([undefined, reason].includes(reasons[index]));
      else {
        assert.equal(reasons[index], reason);
        assert.ok(target.subarray(0, 4096).every((byte) => byte === 0));
      }
    }
    assert.ok(done.length < MANY, "the signal came too late to tell");
    device.close();
  },
  "what the module has ends first, and the signal's listeners are gone": async () => {
    const device = new Device();
    const region = device.createRegion(pattern());
    const controller = new AbortController();
    const target = allocate(1000);
    const options = { engine: "thread", signal: controller.signal };
    const copy = reasonOf(device.read({ cookie: region.cookie }, target, options));
    controller.abort();
    assert.equal((await copy)?.name, "AbortError");
    assert.ok(isPattern(target));
    const { signal } = new AbortController();
    let listeners = 0;
    const count = (name, step) => {
      const call = signal[name].bind(signal);
      signal[name] = (...args) => {
        listeners += step;
        return call(...args);
      };
    };
    count("addEventListener", 1);
    count("removeEventListener", -1);
    for (const engine of ["pool", "thread"])
      await device.read({ cookie: region.cookie }, target, { engine, signal });
    assert.equal(listeners, 0);
    device.close();
  },
};
