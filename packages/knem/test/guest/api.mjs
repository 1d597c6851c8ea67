// SPDX-License-Identifier: BSD-3-Clause
// The JavaScript API and the command on a machine with the module, as TAP. Run as root:
//   node api.mjs FOLDER      FOLDER: the package, with dist/, bin/ and the native part
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [, script, home = ".", role, ...cookies] = process.argv;
const folder = resolve(home);
const { clearStatistics, Device, KnemError, statistics } = await import(
  pathToFileURL(join(folder, "dist", "index.js")).href
);

const length = 100_003;
const byteAt = (position) => (position * 7) & 0xff;

async function code(work) {
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof KnemError, String(error));
    return error.code;
  }
  return "nothing was thrown";
}

/** The other process: it copies from one region and to the other. */
async function peer() {
  const [source, target] = cookies.map(BigInt);
  const device = new Device();
  const all = Buffer.alloc(length);
  device.readSync({ cookie: source }, all);
  assert.ok(all.every((byte, position) => byte === byteAt(position)));
  const [head, tail] = [Buffer.alloc(10), new Uint8Array(20)];
  await device.read({ cookie: source, offset: 5 }, [head, tail]);
  const both = Buffer.concat([head, tail]);
  assert.ok(both.every((byte, position) => byte === byteAt(position + 5)));
  assert.equal(
    await code(() => device.writeSync({ cookie: source }, head)),
    "KNEM_PROTECTION_REFUSED",
  );
  await device.write({ cookie: target, offset: 3n }, Buffer.from("hello"));
  await device.copy({ cookie: source, offset: 1 }, { cookie: target, offset: 8 }, 4);
  device.close();
}

const memory = Buffer.alloc(length).map((_, position) => byteAt(position));
const knem = (...args) =>
  spawnSync(process.execPath, [join(folder, "bin", "knem.js"), ...args], { encoding: "utf8" });

const checks = {
  "another process copies from a region and to one": () => {
    const device = new Device();
    const target = new Uint8Array(16);
    const source = device.createRegion(memory);
    const pieces = [target.subarray(0, 6), target.subarray(6)];
    const sink = device.createRegion(pieces, { protection: "read-write" });
    const args = [script, folder, "peer", String(source.cookie), String(sink.cookie)];
    const { status } = spawnSync(process.execPath, args, { stdio: ["ignore", 2, 2] });
    assert.equal(status, 0);
    assert.equal(Buffer.from(target.subarray(3, 8)).toString(), "hello");
    assert.deepEqual([...target.subarray(8)], [7, 14, 21, 28, 0, 0, 0, 0]);
    source.destroy();
    sink.destroy();
    device.close();
  },
  "errors have their codes": async () => {
    const device = new Device();
    const one = new Uint8Array(1);
    for (const read of [device.read, device.readSync].map((call) => call.bind(device))) {
      assert.equal(await code(() => read({ cookie: 12345n }, one)), "KNEM_UNKNOWN_COOKIE");
      assert.equal(await code(() => read({ cookie: 0n }, one)), "KNEM_BAD_ARGUMENT");
      assert.equal(await code(() => read({ cookie: -1n }, one)), "KNEM_BAD_ARGUMENT");
      assert.equal(await code(() => read({ cookie: 1n, offset: 0.5 }, one)), "KNEM_BAD_ARGUMENT");
    }
    device.close();
    device.close();
    assert.equal(await code(() => device.info()), "KNEM_CLOSED");
  },
  "a region ends when it is told to, or when it was used once": async () => {
    const device = new Device();
    const once = device.createRegion(memory, { singleUse: true });
    device.readSync({ cookie: once.cookie }, new Uint8Array(9), { pinLocal: true });
    assert.equal(await code(() => once.destroy()), "KNEM_UNKNOWN_COOKIE");
    assert.equal(await code(() => once.destroy()), "KNEM_CLOSED");
    const region = device.createRegion(memory);
    region.destroy();
    const read = () => device.read({ cookie: region.cookie }, new Uint8Array(1));
    assert.equal(await code(read), "KNEM_UNKNOWN_COOKIE");
    device.close();
  },
  "copies that run keep their device and memory": async () => {
    const device = new Device();
    const source = device.createRegion(Buffer.alloc(4 << 20, 5));
    const targets = Array.from({ length: 8 }, () => Buffer.alloc(4 << 20));
    const copies = targets.map((target) => device.read({ cookie: source.cookie }, target));
    device.close();
    await Promise.all(copies);
    for (const target of targets) assert.ok(target.equals(Buffer.alloc(4 << 20, 5)));
    source.destroy();
  },
  "statistics count, and can be cleared": async () => {
    clearStatistics();
    const device = new Device();
    const region = device.createRegion(memory);
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
    region.destroy();
    device.close();
  },
  "knem stats and knem info say the same": () => {
    const { counts, other, ...head } = statistics();
    const stats = knem("stats", "--json");
    assert.equal(stats.status, 0, stats.stderr);
    const counters = Object.fromEntries(counts.map(({ name, value }) => [name, value]));
    assert.deepEqual(JSON.parse(stats.stdout), { ...head, counters, other });
    const { activity, ...info } = head;
    assert.match(info.version, /^\d+\.\d+\.\d+/);
    assert.match(info.dma, /^(NoKernelSupport|KernelSupported )/);
    assert.equal(activity.copySizes.length, 64);
    const told = JSON.parse(knem("info", "--json").stdout);
    assert.deepEqual({ ...told, device: "/dev/knem", ...info }, told);
    assert.equal(told.problem, null);
  },
  "a user who is not let in is told how to get in": () => {
    const { mode, gid } = statSync("/dev/knem");
    chmodSync("/dev/knem", 0o660);
    chownSync("/dev/knem", 0, 60001);
    try {
      const args = [join(folder, "bin", "knem.js"), "stats"];
      const user = { uid: 1000, gid: 1000, encoding: "utf8" };
      const { status, stderr } = spawnSync(process.execPath, args, user);
      assert.equal(status, 4, stderr);
      assert.ok(stderr.includes("its mode is 0660, its group is 60001"), stderr);
      assert.ok(stderr.includes("usermod -aG 60001 USER"), stderr);
    } finally {
      chownSync("/dev/knem", 0, gid);
      chmodSync("/dev/knem", mode & 0o7777);
    }
  },
};

async function report() {
  console.log("# api.mjs\nTAP version 13");
  let number = 0;
  for (const [text, check] of Object.entries(checks)) {
    number += 1;
    try {
      await check();
      console.log(`ok ${number} - ${text}`);
    } catch (error) {
      console.log(`not ok ${number} - ${text}`);
      console.log(String(error.stack ?? error).replace(/^/gm, "# "));
      process.exitCode = 1;
    }
  }
  console.log(`1..${number}`);
}

await (role === "peer" ? peer() : report());
