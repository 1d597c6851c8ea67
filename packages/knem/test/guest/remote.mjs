// SPDX-License-Identifier: BSD-3-Clause
// Two processes with a transport each: one offers memory, the other copies from it and to it, and says by what.
//   node remote.mjs FOLDER
import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { isPattern, knem, length, pattern } from "./knem.mjs";

const { allocate, Transport } = knem;
const transport = new Transport({ fallback: "cross-memory-attach" });

async function offer() {
  const memory = pattern();
  const { remote, end } = transport.offer(memory, { protection: "read-write" });
  process.send(remote);
  await once(process, "message");
  assert.equal(memory.toString("latin1", 7, 12), "hello");
  assert.ok(end);
  process.disconnect();
}

async function use() {
  const serialization = "advanced";
  const other = fork(fileURLToPath(import.meta.url), process.argv.slice(2), { serialization });
  const [remote] = await once(other, "message");
  const all = allocate(length + 9);
  assert.equal(await transport.read(remote, all), length);
  assert.ok(isPattern(all.subarray(0, length)));
  const pieces = [Buffer.alloc(10), Buffer.alloc(20)];
  assert.equal(transport.readSync(remote, pieces, { offset: length - 25 }), 25);
  assert.ok(isPattern(Buffer.concat(pieces).subarray(0, 25), length - 25));
  assert.equal(transport.writeSync(remote, Buffer.from("he"), { offset: 7 }), 2);
  const rest = allocate(3);
  rest.write("llo");
  assert.equal(await transport.write(remote, rest, { offset: 9n }), 3);
  const signal = AbortSignal.abort();
  await assert.rejects(transport.read(remote, all, { signal }), { name: "AbortError" });
  await assert.rejects(transport.read(remote, Buffer.alloc(9)), { code: "KNEM_MOVABLE_MEMORY" });
  other.send("done");
  assert.deepEqual(await once(other, "exit"), [0, null]);
  console.log(transport.kind, transport.reason?.code ?? "");
}

await (process.send ? offer() : use());
