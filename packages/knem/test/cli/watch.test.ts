// SPDX-License-Identifier: BSD-3-Clause

import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { watch } from "../../src/cli/stats/watch.js";
import { unread } from "../../src/cli/unread.js";
import { statistics } from "./sample.js";

/** A pipe whose reader leaves after so many lines. */
function pipe(lines: number): { stream: Writable; read: string[] } {
  const read: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      if (read.length < lines) return done(void read.push(String(chunk)));
      done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    },
  });
  return { stream, read };
}

describe("a watch without end", () => {
  it("ends when its reader has seen enough", async () => {
    const { stream, read } = pipe(3);
    const print = (line: string) => void stream.write(line);
    const over = unread(stream);
    await watch({ read: () => statistics(), interval: 0.001, over, print }, () => "line");
    expect(read).toEqual(["line", "line", "line"]);
  });

  it("is not ended by another error", () => {
    const { stream } = pipe(0);
    const over = unread(stream);
    stream.emit("error", Object.assign(new Error("write ENOSPC"), { code: "ENOSPC" }));
    expect(over.aborted).toBe(false);
  });
});
