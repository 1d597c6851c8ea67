// SPDX-License-Identifier: BSD-3-Clause
// The other process: it copies from one region and to the other.
//   node peer.mjs FOLDER SOURCE TARGET      cookies
import assert from "node:assert/strict";
import { code, isPattern, knem, length } from "./knem.mjs";

const [source, target] = process.argv.slice(3).map(BigInt);
const device = new knem.Device();
const all = Buffer.alloc(length);
assert.equal(device.readSync({ cookie: source }, all), length);
assert.ok(isPattern(all));
const pieces = [knem.allocate(10), new Uint8Array(new SharedArrayBuffer(20))];
assert.equal(await device.read({ cookie: source, offset: 5 }, pieces), 30);
assert.ok(isPattern(Buffer.concat(pieces), 5));
const refused = () => device.writeSync({ cookie: source }, all);
assert.equal(await code(refused), "KNEM_PROTECTION_REFUSED");
const hello = knem.allocate(5);
hello.write("hello");
assert.equal(await device.write({ cookie: target, offset: 3n }, hello), 5);
const [from, to] = [
  { cookie: source, offset: 1 },
  { cookie: target, offset: 8 },
];
assert.equal(await device.copy(from, to, 4), 4);
device.close();
