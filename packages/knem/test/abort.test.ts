// SPDX-License-Identifier: BSD-3-Clause
import { getEventListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { abortable } from "../src/abort.js";

/** A copy that ends when it is told to, and says whether it can be called off. */
function copy(waits: boolean) {
  let [resolve, reject] = [(_: number) => {}, (_: unknown) => {}];
  const promise = new Promise<number>((...settle) => {
    [resolve, reject] = settle;
  });
  return { begun: { end: promise, cancel: () => waits }, resolve, reject };
}

describe("abortable", () => {
  it("gives the result, and leaves no listener", async () => {
    const { signal } = new AbortController();
    const { begun, resolve } = copy(true);
    const result = abortable(signal, () => begun);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    resolve(5);
    expect(await result).toBe(5);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    const { begun: failing, reject } = copy(true);
    const failure = abortable(signal, () => failing);
    reject(new Error("no"));
    await expect(failure).rejects.toThrow("no");
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("does not begin after the signal", async () => {
    const begin = () => {
      throw new Error("it began");
    };
    await expect(abortable(AbortSignal.abort("why"), begin)).rejects.toBe("why");
  });

  it("rejects at once what was called off in time", async () => {
    const controller = new AbortController();
    const result = abortable(controller.signal, () => copy(true).begun);
    controller.abort("enough");
    await expect(result).rejects.toBe("enough");
  });

  it("waits for what runs, and rejects then", async () => {
    const controller = new AbortController();
    const { begun, resolve } = copy(false);
    let settled = false;
    const result = abortable(controller.signal, () => begun).finally(() => {
      settled = true;
    });
    const rejection = expect(result).rejects.toBe("late");
    controller.abort("late");
    await new Promise(setImmediate);
    expect(settled).toBe(false);
    resolve(5);
    await rejection;
  });
});
