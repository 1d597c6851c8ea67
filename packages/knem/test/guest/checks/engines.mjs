// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { code, isPattern, knem, length, pattern } from "../knem.mjs";

const { allocate, Device, featureNames } = knem;

/** Those that there are here. */
function engines(device) {
  const dma = featureNames(device.info().features).includes("DMA");
  return ["pool", "thread", ...(dma ? ["dma"] : [])];
}

export default {
  "every engine copies both ways and between regions, and counts": async () => {
    const device = new Device();
    const source = device.createRegion(pattern());
    for (const engine of engines(device)) {
      const target = allocate(length + 9);
      const sink = device.createRegion(target, { protection: "read-write" });
      const [from, to] = [{ cookie: source.cookie }, { cookie: sink.cookie }];
      const [head, tail] = [allocate(1000), allocate(length)];
      assert.equal(await device.read(from, [head, tail], { engine }), length, engine);
      assert.ok(isPattern(head) && isPattern(tail.subarray(0, length - 1000), 1000), engine);
      assert.equal(await device.write({ ...to, offset: 9 }, head, { engine }), 1000, engine);
      assert.ok(isPattern(target.subarray(9, 1009)), engine);
      assert.equal(await device.copy(from, to, length, { engine }), length, engine);
      assert.ok(isPattern(target.subarray(0, length)), engine);
      assert.equal(await device.copy({ ...from, offset: length }, to, 5, { engine }), 0, engine);
      await sink.end();
    }
    device.close();
  },
  "every engine tells errors": async () => {
    const device = new Device();
    const region = device.createRegion(pattern());
    for (const engine of engines(device)) {
      const write = () => device.write({ cookie: region.cookie }, allocate(1), { engine });
      assert.equal(await code(write), "KNEM_PROTECTION_REFUSED", engine);
      const read = () => device.read({ cookie: 77n }, allocate(1), { engine });
      assert.equal(await code(read), "KNEM_UNKNOWN_COOKIE", engine);
    }
    device.close();
  },
  "hundreds of copies are under way at once, and end in their order": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(4096));
    const place = { cookie: region.cookie };
    const ended = [];
    const copies = Array.from({ length: 300 }, async (_, index) => {
      const copied = await device.read(place, allocate(index + 1), { engine: "thread" });
      ended.push(index);
      assert.equal(copied, index + 1);
    });
    await Promise.all(copies);
    assert.deepEqual(
      ended,
      ended.map((_, index) => index),
    );
    device.close();
  },
  "more copies than there are slots are refused, and the others end well": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(16));
    const read = () => device.read({ cookie: region.cookie }, allocate(16), { engine: "thread" });
    const ends = await Promise.allSettled(Array.from({ length: 4200 }, read));
    const refused = ends.filter(({ status }) => status === "rejected");
    assert.ok(refused.every(({ reason }) => reason.code === "KNEM_BUSY"));
    assert.equal(ends.length - refused.length, 4096);
    assert.equal(await read(), 16);
    device.close();
  },
};
