// SPDX-License-Identifier: BSD-3-Clause
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { places, sideBySide } from "../src/crew.js";

const share = { cores: 1, memory: 2.5e9 };

test.each([
  [{ cores: 8, memory: 100e9 }, 8],
  [{ cores: 8, memory: 9e9 }, 3],
  [{ cores: 2, memory: 24e9 }, 2],
  [{ cores: 1, memory: 100e9 }, 1],
  [{ cores: 4, memory: 1e9 }, 1],
])("%j has room for %i", (machine, count) => {
  expect(places(share, machine)).toBe(count);
});

test("no more than there are places run at once, and results keep the order", async () => {
  let running = 0;
  let most = 0;
  const results = await sideBySide([30, 5, 20, 1], 2, async (milliseconds) => {
    most = Math.max(most, ++running);
    await setTimeout(milliseconds);
    running--;
    return milliseconds * 2;
  });
  expect(results).toEqual([60, 10, 40, 2]);
  expect(most).toBe(2);
});

test("after an error what runs comes to its end and nothing is begun", async () => {
  const begun: string[] = [];
  const ended: string[] = [];
  const work = async (name: string) => {
    begun.push(name);
    await setTimeout(name === "slow" ? 30 : 1);
    if (name === "bad") throw new Error("bad ended");
    ended.push(name);
  };
  await expect(sideBySide(["slow", "bad", "never"], 2, work)).rejects.toThrow("bad ended");
  expect(begun).toEqual(["slow", "bad"]);
  expect(ended).toEqual(["slow"]);
});
