// SPDX-License-Identifier: BSD-3-Clause
// What JavaScript can take away is never left to others; what it can't stays, whatever JavaScript does.
import assert from "node:assert/strict";
import { collect } from "../garbage.mjs";
import { code, isPattern, knem, length, pattern } from "../knem.mjs";

const { allocate, Device } = knem;

function detached() {
  const view = new Uint8Array(8);
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

const movable = {
  plain: new Uint8Array(8),
  pooled: Buffer.from("in the pool"),
  resizable: new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 })),
  "of WebAssembly": new Uint8Array(new WebAssembly.Memory({ initial: 1 }).buffer),
};

const immovable = {
  Buffer: allocate(64),
  "Buffer over a SharedArrayBuffer": Buffer.from(new SharedArrayBuffer(64)),
  "typed array": new Float64Array(new SharedArrayBuffer(64)),
  "part of one": new Uint16Array(new SharedArrayBuffer(100), 8, 32),
  DataView: new DataView(new SharedArrayBuffer(64)),
  SharedArrayBuffer: new SharedArrayBuffer(64),
  "growable SharedArrayBuffer": new SharedArrayBuffer(64, { maxByteLength: 1 << 20 }),
  "shared WebAssembly": new Uint8Array(
    new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }).buffer,
    0,
    64,
  ),
};

export default {
  "memory that can be taken away is refused to what outlives the call": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(), { protection: "read-write" });
    const place = { cookie: region.cookie };
    for (const [name, memory] of Object.entries({ ...movable, detached: detached() })) {
      const expected = name === "detached" ? "KNEM_DETACHED_MEMORY" : "KNEM_MOVABLE_MEMORY";
      const mixed = [allocate(1), memory];
      for (const use of [
        () => device.createRegion(memory),
        () => device.createRegion(mixed),
        () => device.read(place, memory),
        () => device.read(place, memory, { engine: "thread" }),
        () => device.write(place, mixed),
        () => device.write(place, memory, { engine: "thread" }),
      ])
        assert.equal(await code(use), expected, `${name}: ${use}`);
    }
    device.close();
  },
  "a call takes any memory that there is": async () => {
    const device = new Device();
    const region = device.createRegion(pattern(), { protection: "read-write" });
    const place = { cookie: region.cookie };
    for (const memory of Object.values(movable)) {
      assert.equal(device.readSync(place, memory), memory.length);
      assert.ok(isPattern(memory));
      assert.equal(device.writeSync(place, memory), memory.length);
    }
    const words = new Uint32Array(2);
    assert.equal(device.readSync(place, [words, new ArrayBuffer(8)]), 16);
    assert.ok(isPattern(new Uint8Array(words.buffer)));
    const floats = new Float64Array(1);
    structuredClone(floats.buffer, { transfer: [floats.buffer] });
    for (const memory of [detached(), floats, floats.buffer])
      assert.equal(await code(() => device.readSync(place, memory)), "KNEM_DETACHED_MEMORY");
    device.close();
  },
  "a region may be of anything shared": () => {
    const device = new Device();
    for (const [name, memory] of Object.entries(immovable)) {
      const region = device.createRegion(memory, { protection: "read-write" });
      const place = { cookie: region.cookie };
      const text = Buffer.from(name.padEnd(64, "."));
      assert.equal(device.writeSync(place, text), 64, name);
      const back = Buffer.alloc(80);
      assert.equal(device.readSync(place, back), 64, name);
      const bytes = ArrayBuffer.isView(memory)
        ? Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength)
        : Buffer.from(memory);
      assert.ok(bytes.equals(text) && back.subarray(0, 64).equals(text), name);
      region.destroy();
    }
    device.close();
  },
  "a region keeps memory that nothing else refers to": async () => {
    const device = new Device();
    const region = device.createRegion(pattern());
    // Whatever is freed is overwritten by what comes next.
    for (let round = 0; round < 5; round++) {
      await collect();
      for (let more = 0; more < 50; more++) allocate(length).fill(0xee);
    }
    const back = Buffer.alloc(length);
    assert.equal(device.readSync({ cookie: region.cookie }, back), length);
    assert.ok(isPattern(back));
    device.close();
  },
  "no way of JavaScript's moves the memory of a region": () => {
    const device = new Device();
    const buffer = new SharedArrayBuffer(4096, { maxByteLength: 1 << 20 });
    const region = device.createRegion(buffer, { protection: "read-write" });
    const { prototype } = ArrayBuffer;
    const ways = [
      () => structuredClone(buffer, { transfer: [buffer] }),
      () => prototype.transfer?.call(buffer),
      () => prototype.transferToFixedLength?.call(buffer),
      () => prototype.resize.call(buffer, 0),
      () => buffer.grow(1 << 20),
    ];
    for (const way of ways) {
      try {
        way();
      } catch {
        // It may refuse.
      }
    }
    assert.equal(buffer.byteLength, 1 << 20);
    device.writeSync({ cookie: region.cookie }, Buffer.from("still here"));
    assert.equal(Buffer.from(buffer).toString("latin1", 0, 10), "still here");
    device.close();
  },
};
