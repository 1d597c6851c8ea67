// SPDX-License-Identifier: BSD-3-Clause
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, statSync } from "node:fs";
import { join } from "node:path";
import { folder, knem } from "../knem.mjs";

const bin = join(folder, "bin", "knem.js");
const run = (...args) => spawnSync(process.execPath, [bin, ...args], { encoding: "utf8" });

export default {
  "knem stats and knem info say the same": () => {
    const { counts, other, ...head } = knem.statistics();
    const stats = run("stats", "--json");
    assert.equal(stats.status, 0, stats.stderr);
    const counters = Object.fromEntries(counts.map(({ name, value }) => [name, value]));
    assert.deepEqual(JSON.parse(stats.stdout), { ...head, counters, other, problem: null });
    const { activity, ...info } = head;
    assert.match(info.version, /^\d+\.\d+\.\d+/);
    assert.match(info.dma, /^(NoKernelSupport|KernelSupported )/);
    assert.equal(activity.copySizes.length, 64);
    const told = JSON.parse(run("info", "--json").stdout);
    assert.deepEqual({ ...told, device: "/dev/knem", ...info }, told);
    assert.equal(told.problem, null);
  },
  "a user who is not let in is told how to get in": () => {
    const { mode, gid } = statSync("/dev/knem");
    chmodSync("/dev/knem", 0o660);
    chownSync("/dev/knem", 0, 60001);
    try {
      const user = { uid: 1000, gid: 1000, encoding: "utf8" };
      const { status, stderr } = spawnSync(process.execPath, [bin, "stats"], user);
      assert.equal(status, 4, stderr);
      assert.ok(stderr.includes("its mode is 0660, its group is 60001"), stderr);
      assert.ok(stderr.includes("usermod -aG 60001 USER"), stderr);
    } finally {
      chownSync("/dev/knem", 0, gid);
      chmodSync("/dev/knem", mode & 0o7777);
    }
  },
};
