// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { cpus } from "node:os";
import { code, isPattern, knem, length, pattern } from "../knem.mjs";

const { allocate, Device, featureNames } = knem;

/** Those that there are here. */
function engines(device) {
  const dma = featureNames(device.info().features).includes("DMA");
  return ["pool", "thread", ...(dma ? ["dma"] : [])];
}

/** The threads in the kernel that copy for processes, with what they may run on. */
function threads() {
  const status = (pid) => {
    try {
      return readFileSync(`/proc/${pid}/status`, "utf8");
    } catch {
      return ""; // It is gone.
    }
  };
  const told = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(status);
  const ours = told.filter((text) => /^Name:\tknem-ctx-/.test(text));
  const field = (text, name) => new RegExp(`^${name}:\t(.*)$`, "m").exec(text)[1];
  return new Map(ours.map((text) => [field(text, "Pid"), field(text, "Cpus_allowed_list")]));
}

export default {
  "the thread runs where it is told to": async () => {
    for (const [where, expected] of [
      [[1], "1"],
      ["current", `0-${cpus().length - 1}`],
    ]) {
      const device = new Device();
      const region = device.createRegion(pattern());
      const before = threads();
      device.bind(where);
      await device.read({ cookie: region.cookie }, allocate(9), { engine: "thread" });
      const fresh = [...threads()].filter(([pid]) => !before.has(pid));
      assert.deepEqual(
        fresh.map(([, list]) => list),
        [expected],
      );
      assert.equal(await code(() => device.bind("others")), "KNEM_BUSY");
      device.close();
      assert.equal(await code(() => device.bind([0])), "KNEM_CLOSED");
    }
  },
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
