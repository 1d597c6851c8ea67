// SPDX-License-Identifier: BSD-3-Clause
// One process has a table of numbers, a gigabyte of them unless told, and worker processes add it up. Each copies its
// part of the table, piece by piece, straight from there, the next piece while it adds up the last one, and copies
// what it found straight back. No byte of the table is ever serialised, and none is in a worker but the two pieces.
//   node share.js [MIB [WORKERS]]
import { fork } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { allocate, Device } from "knem";

/** Bytes that a worker copies at a time. */
const PIECE = 4 << 20;

const [mebibytes = 1024, workers = availableParallelism()] = process.argv.slice(2).map(Number);

/** The numbers of memory. */
const numbers = ({ buffer, byteOffset, byteLength }) =>
  new Float64Array(buffer, byteOffset, byteLength / Float64Array.BYTES_PER_ELEMENT);

async function own() {
  const table = numbers(allocate(mebibytes * 2 ** 20));
  for (let index = 0; index < table.length; index++) table[index] = index % 1000;
  const sums = numbers(allocate(workers * Float64Array.BYTES_PER_ELEMENT));

  const device = new Device();
  const source = device.createRegion(table);
  const target = device.createRegion(sums, { protection: "write" });
  const begin = performance.now();
  await Promise.all(
    Array.from(sums, async (_, index) => {
      const share = Math.ceil(table.byteLength / workers / PIECE) * PIECE;
      const from = Math.min(index * share, table.byteLength);
      const to = Math.min(from + share, table.byteLength);
      const worker = fork(fileURLToPath(import.meta.url), { serialization: "advanced" });
      worker.send({ table: source.cookie, sums: target.cookie, index, from, to });
      const [status] = await once(worker, "exit");
      if (status !== 0) throw new Error(`worker ${index} ended with ${status}`);
    }),
  );
  const seconds = (performance.now() - begin) / 1000;
  await Promise.all([source.end(), target.end()]);
  device.close();

  const sum = sums.reduce((all, one) => all + one, 0);
  const [thousands, rest] = [Math.floor(table.length / 1000), table.length % 1000];
  const expected = thousands * 499_500 + (rest * (rest - 1)) / 2;
  if (sum !== expected) throw new Error(`the sum is ${sum}, not ${expected}`);
  console.log(`${workers} workers added up ${mebibytes} MiB in ${seconds.toFixed(2)} s: ${sum}`);
}

async function work({ table, sums, index, from, to }) {
  const device = new Device();
  const pieces = [allocate(PIECE), allocate(PIECE)];
  const read = (offset) => {
    const piece = pieces[(offset / PIECE) % 2].subarray(0, Math.min(PIECE, to - offset));
    return device.read({ cookie: table, offset }, piece).then(() => numbers(piece));
  };

  const sum = numbers(allocate(Float64Array.BYTES_PER_ELEMENT));
  let next = from < to ? read(from) : undefined;
  for (let offset = from; next; offset += PIECE) {
    const piece = await next;
    next = offset + PIECE < to ? read(offset + PIECE) : undefined;
    for (const number of piece) sum[0] += number;
  }
  await device.write({ cookie: sums, offset: index * sum.byteLength }, sum);
  device.close();
  process.disconnect();
}

if (process.send) process.once("message", work);
else await own();
