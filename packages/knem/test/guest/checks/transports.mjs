// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { code, folder, knem } from "../knem.mjs";

const { allocate, Transport } = knem;
const remote = fileURLToPath(new URL("../remote.mjs", import.meta.url));

/** By what two processes copy, and why. */
function told(user = {}) {
  const options = { encoding: "utf8", ...user };
  const { status, stdout, stderr } = spawnSync(process.execPath, [remote, folder], options);
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

export default {
  "a transport uses the module where there is one": () => {
    assert.equal(told(), "knem");
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
    assert.deepEqual([transport.kind, transport.reason], ["knem", undefined]);
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
