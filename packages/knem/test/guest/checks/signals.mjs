// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { pbkdf2 } from "node:crypto";
import { promisify } from "node:util";
import { isPattern, knem, pattern } from "../knem.mjs";

const { allocate, Device } = knem;

/** The threads of Node's pool, and copies that are more than those. */
const [POOL, MANY] = [4, 24];

const derive = promisify(pbkdf2);

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
  "a copy that waits for a thread is called off at once": async () => {
    const device = new Device();
    const region = device.createRegion(pattern());
    const busy = Promise.all(
      Array.from({ length: POOL }, () => derive("", "", 50_000, 64, "sha512")),
    );
    let free = false;
    void busy.then(() => {
      free = true;
    });
    const [controller, reason] = [new AbortController(), new Error("enough")];
    const { signal } = controller;
    const targets = Array.from({ length: MANY }, () => allocate(1000));
    const copies = targets.map((target) =>
      reasonOf(device.read({ cookie: region.cookie }, target, { signal })),
    );
    controller.abort(reason);
    assert.deepEqual(new Set(await Promise.all(copies)), new Set([reason]));
    assert.ok(!free, "the pool was busy all the time");
    await busy;
    await device.read({ cookie: region.cookie }, allocate(1));
    for (const target of targets) assert.ok(target.every((byte) => byte === 0));
    device.close();
  },
  "a copy that runs ends first: its memory is whole, or untouched": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(1 << 20));
    const targets = Array.from({ length: MANY }, () => allocate(1 << 20));
    const [controller, reason] = [new AbortController(), new Error("enough")];
    const { signal } = controller;
    const copies = targets.map((target) =>
      reasonOf(device.read({ cookie: region.cookie }, target, { signal })),
    );
    controller.abort(reason);
    const reasons = await Promise.all(copies);
    assert.ok(reasons.every((one) => [undefined, reason].includes(one)));
    for (const [index, target] of targets.entries()) {
      const whole = [0, (1 << 20) - 4096].every((at) =>
        isPattern(target.subarray(at, at + 4096), at),
      );
      assert.ok(whole || target.every((byte) => byte === 0));
      assert.ok(whole || reasons[index] === reason);
    }
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
