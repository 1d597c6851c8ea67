// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { code, folder, knem, length, pattern } from "../knem.mjs";

const { allocate, clearStatistics, Device, statistics } = knem;
const peer = fileURLToPath(new URL("../peer.mjs", import.meta.url));

export default {
  "another process copies from a region and to one": () => {
    const device = new Device();
    const target = allocate(16);
    const source = device.createRegion(pattern());
    const pieces = [target.subarray(0, 6), target.subarray(6)];
    const sink = device.createRegion(pieces, { protection: "read-write" });
    const args = [peer, folder, String(source.cookie), String(sink.cookie)];
    const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", 2, 2] });
    assert.equal(status, 0);
    assert.equal(target.toString("latin1", 3, 8), "hello");
    assert.deepEqual([...target.subarray(8)], [7, 14, 21, 28, 0, 0, 0, 0]);
    source.destroy();
    sink.destroy();
    device.close();
  },
  "copies end at the shorter side, and tell how many bytes that was": async () => {
    const device = new Device();
    const source = device.createRegion(pattern(100));
    const sink = device.createRegion(allocate(30), { protection: "write" });
    const [from, to] = [source, sink].map(({ cookie }) => ({ cookie }));
    assert.equal(device.readSync({ ...from, offset: 90 }, Buffer.alloc(64)), 10);
    assert.equal(device.readSync({ ...from, offset: 100n }, Buffer.alloc(64)), 0);
    assert.equal(device.writeSync(to, Buffer.alloc(64)), 30);
    assert.equal(device.copySync(from, to, 1000), 30);
    assert.equal(await device.copy({ ...from, offset: 95 }, to, 1000), 5);
    assert.equal(await device.read(from, []), 0);
    device.close();
  },
  "errors have their codes": async () => {
    const device = new Device();
    const one = allocate(1);
    for (const read of [device.read, device.readSync].map((call) => call.bind(device))) {
      assert.equal(await code(() => read({ cookie: 12345n }, one)), "KNEM_UNKNOWN_COOKIE");
      assert.equal(await code(() => read({ cookie: 0n }, one)), "KNEM_BAD_ARGUMENT");
      assert.equal(await code(() => read({ cookie: -1n }, one)), "KNEM_BAD_ARGUMENT");
      assert.equal(await code(() => read({ cookie: 1n, offset: 0.5 }, one)), "KNEM_BAD_ARGUMENT");
      assert.equal(await code(() => read({ cookie: 1n }, "text")), "KNEM_BAD_ARGUMENT");
    }
    const misspelt = { engine: "treads" };
    assert.equal(await code(() => device.read({ cookie: 1n }, one, misspelt)), "KNEM_BAD_ARGUMENT");
    device.close();
    device.close();
    device[Symbol.dispose]();
    assert.equal(await code(() => device.info()), "KNEM_CLOSED");
    assert.equal(await code(() => device.read({ cookie: 1n }, one)), "KNEM_CLOSED");
    const thread = { engine: "thread" };
    assert.equal(await code(() => device.read({ cookie: 1n }, one, thread)), "KNEM_CLOSED");
  },
  "statistics count, and can be cleared": async () => {
    clearStatistics();
    const device = new Device();
    const region = device.createRegion(pattern());
    for (let copy = 0; copy < 3; copy++)
      device.readSync({ cookie: region.cookie }, Buffer.alloc(copy));
    await code(() => device.readSync({ cookie: region.cookie ^ 1n }, Buffer.alloc(1)));
    const counted = statistics();
    const counts = Object.fromEntries(counted.counts.map(({ name, value }) => [name, value]));
    assert.equal(counts.submitted, 4);
    assert.equal(counts.processedTotal, 3);
    assert.equal(counts.failedFindRegion, 1);
    assert.equal(counted.abi, device.info().abi);
    assert.deepEqual(counted.other, [" Debug: BuiltIn Disabled"]);
    assert.equal(counted.activity.bytesCall, 0 + 1 + 2);
    assert.deepEqual(counted.activity.copySizes.slice(0, 4), [1, 1, 1, 0]);
    assert.ok(counted.activity.regions >= 1);
    assert.ok(counted.activity.pinnedBytes >= length);
    await region.end();
    device.close();
  },
};
