// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { code, folder, isPattern, knem, length, pattern } from "../knem.mjs";

const { allocate, Transport } = knem;
const remote = fileURLToPath(new URL("../remote.mjs", import.meta.url));

/** By what two processes copy, and why. */
function told(user) {
  const options = { encoding: "utf8", ...user };
  const { status, stdout, stderr } = spawnSync(process.execPath, [remote, folder], options);
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

export default {
  "a transport uses the module where there is one": async () => {
    const transport = new Transport({ fallback: "cross-memory-attach" });
    assert.deepEqual([transport.kind, transport.reason], ["knem", undefined]);
    const memory = pattern();
    const { remote } = transport.offer(memory, { protection: "read-write" });
    const part = allocate(30);
    assert.equal(await transport.read(remote, part, { offset: length - 25 }), 25);
    assert.ok(isPattern(part.subarray(0, 25), length - 25));
    assert.equal(await transport.write(remote, part.fill(9), { offset: 5n }), 30);
    assert.equal(transport.writeSync(remote, Buffer.from("hello"), { offset: 7 }), 5);
    assert.equal(transport.readSync(remote, Buffer.alloc(9)), 9);
    assert.deepEqual([memory[4], memory[5], memory[12], memory[34]], [28, 9, 9, 9]);
    assert.equal(memory.toString("latin1", 7, 12), "hello");
  },
  "a transport copies by address where this user may not open the device, and says so": () => {
    const { mode } = statSync("/dev/knem");
    chmodSync("/dev/knem", 0o600);
    try {
      const user = { uid: 1000, gid: 1000 };
      assert.equal(told(user), "cross-memory-attach KNEM_PERMISSION_DENIED");
    } finally {
      chmodSync("/dev/knem", mode & 0o7777);
    }
  },
  "a transport tells what it can't do": async () => {
    const transport = new Transport();
    const offer = transport.offer(allocate(9));
    const { cookie: _, ...place } = offer.remote;
    assert.equal(await code(() => transport.read(place, allocate(1))), "KNEM_NO_REGION");
    assert.equal(await code(() => transport.offer(Buffer.alloc(9))), "KNEM_MOVABLE_MEMORY");
    const pieces = [allocate(1), allocate(1)];
    assert.equal(await code(() => transport.offer(pieces)), "KNEM_BAD_ARGUMENT");
    await offer.end();
    await offer[Symbol.asyncDispose]();
  },
};
