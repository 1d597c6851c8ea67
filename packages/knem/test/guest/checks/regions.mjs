// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { code, knem, pattern } from "../knem.mjs";

const { allocate, availability, Device } = knem;

export default {
  "KNEM is available, and a wrong device is told": () => {
    assert.deepEqual(availability(), { available: true });
    const { available, reason } = availability("/dev/null");
    assert.deepEqual([available, reason.code], [false, "KNEM_NOT_KNEM"]);
  },
  "a region ends when it is told to, as often as it is told": async () => {
    const device = new Device();
    for (const end of [
      (region) => region.destroy(),
      (region) => region.end(),
      (region) => region[Symbol.dispose](),
      (region) => region[Symbol.asyncDispose](),
    ]) {
      const region = device.createRegion(pattern());
      await end(region);
      const read = () => device.readSync({ cookie: region.cookie }, Buffer.alloc(1));
      assert.equal(await code(read), "KNEM_UNKNOWN_COOKIE");
      await end(region);
      await region.end();
    }
    device.close();
  },
  "a region for a single use is used once": async () => {
    const device = new Device();
    const once = device.createRegion(pattern(), { singleUse: true });
    const read = () =>
      device.readSync({ cookie: once.cookie }, Buffer.alloc(9), { pinLocal: true });
    assert.equal(read(), 9);
    assert.equal(await code(read), "KNEM_UNKNOWN_COOKIE");
    await once.end();
    device.close();
  },
  "copies that run keep their device and memory": async () => {
    const device = new Device();
    const source = device.createRegion(allocate(4 << 20).fill(5));
    const targets = Array.from({ length: 8 }, () => allocate(4 << 20));
    const engines = ["pool", "thread"];
    const copies = targets.map((target, index) =>
      device.read({ cookie: source.cookie }, target, { engine: engines[index % 2] }),
    );
    device.close();
    source.destroy();
    // Those that had not begun find no region any more; none of them harms anybody.
    const ends = await Promise.allSettled(copies);
    for (const [index, { status, reason }] of ends.entries()) {
      if (status === "fulfilled") assert.ok(targets[index].equals(Buffer.alloc(4 << 20, 5)));
      else assert.equal(reason.code, "KNEM_UNKNOWN_COOKIE");
    }
    assert.ok(ends.some(({ status }) => status === "fulfilled"));
    await source.end();
  },
};
