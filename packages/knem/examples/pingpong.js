// SPDX-License-Identifier: BSD-3-Clause
// Two processes hand a buffer to and fro: each copies it straight from the other's memory, changes it, and says so.
//   node pingpong.js [BYTES [ROUNDS]]
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { allocate, Device } from "knem";

const [bytes = 1 << 20, rounds = 100] = process.argv.slice(2).map(Number);
const device = new Device();
const buffer = allocate(bytes);
const region = device.createRegion(buffer);

/** Copies what the other side has, and changes it. */
function take(cookie) {
  const copied = device.readSync({ cookie }, buffer);
  if (copied !== bytes) throw new Error(`${copied} bytes came, not ${bytes}`);
  buffer[0] += 1;
}

async function serve() {
  const other = fork(fileURLToPath(import.meta.url), [bytes, rounds], {
    serialization: "advanced",
  });
  // Nobody waits for one who is gone.
  other.once("exit", (status) => status && process.exit(status));
  const [{ cookie }] = await once(other, "message");
  const begin = performance.now();
  for (let round = 0; round < rounds; round++) {
    other.send({ cookie: region.cookie });
    await once(other, "message");
    take(cookie);
  }
  const each = (performance.now() - begin) / rounds;
  other.send("that was all");
  await once(other, "exit");
  const expected = (2 * rounds) & 0xff;
  if (buffer[0] !== expected) throw new Error(`the buffer has ${buffer[0]}, not ${expected}`);
  const speed = (2 * bytes) / each / 1000;
  console.log(
    `${rounds} rounds of ${bytes} bytes: ${each.toFixed(3)} ms each, ${speed.toFixed(1)} MB/s`,
  );
}

async function answer() {
  process.send({ cookie: region.cookie });
  for (;;) {
    const [{ cookie }] = await once(process, "message");
    if (cookie === undefined) return process.disconnect();
    take(cookie);
    process.send("your turn");
  }
}

await (process.send ? answer() : serve());
await region.end();
device.close();
