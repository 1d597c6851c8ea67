// SPDX-License-Identifier: BSD-3-Clause
import { EventEmitter } from "node:events";
import type { ReadStream, WriteStream } from "node:tty";
import { expect, it } from "vitest";
import { Terminal } from "../../src/cli/top/terminal.js";

const enter = "\u001b[?1049h\u001b[?25l";
const leave = "\u001b[?25h\u001b[?1049l";

/** A terminal and a process that only note what is done with them, in order. */
function noted() {
  const done: string[] = [];
  const input = Object.assign(new EventEmitter(), {
    isTTY: true,
    setRawMode: (raw: boolean) => void done.push(raw ? "raw" : "cooked"),
    pause: () => {},
  });
  const output = Object.assign(new EventEmitter(), {
    write: (text: string) =>
      void done.push(text === enter ? "enter" : text === leave ? "leave" : text),
  });
  const host = Object.assign(new EventEmitter(), {
    pid: 17,
    kill: (pid: number, signal: string) => {
      const heeded = host.listenerCount(signal) > 0 ? "heeded" : "by default";
      done.push(`${signal} to ${pid}, ${heeded}`);
    },
  });
  const terminal = new Terminal(
    input as unknown as ReadStream,
    output as unknown as WriteStream,
    host,
  );
  /** What is done because of something that happens while the terminal is in use. */
  const during = async (happens: () => void) => {
    const redraw = () => void done.push("redraw");
    let because: string[] = [];
    await terminal.use(redraw, async () => {
      done.length = 0;
      happens();
      because = [...done];
    });
    return because;
  };
  return { done, input, host, terminal, during };
}

it("Ctrl-Z stops all that a terminal would stop", async () => {
  const { input, during } = noted();
  const because = await during(() => input.emit("data", Buffer.from("\u001a")));
  expect(because).toEqual(["SIGTSTP to 0, heeded"]);
});

it("the terminal is given back while the process is stopped, and taken again afterwards", async () => {
  const { host, during } = noted();
  const stop = () => host.emit("SIGTSTP");
  const because = await during(() => [stop(), stop()]);
  const once = ["leave", "cooked", "SIGTSTP to 17, by default", "raw", "enter", "redraw"];
  expect(because).toEqual([...once, ...once]);
});

it("the screen is there again when the process goes on after a stop that it did not see", async () => {
  const { host, during } = noted();
  const because = await during(() => host.emit("SIGCONT"));
  expect(because).toEqual(["leave", "cooked", "raw", "enter", "redraw"]);
});

it("the terminal is given back, once, when the process ends by an error that nobody catches", async () => {
  const { host, during } = noted();
  const because = await during(() => [host.emit("exit"), host.emit("exit")]);
  expect(because).toEqual(["leave", "cooked"]);
});

it("nothing is left behind after use", async () => {
  const { done, input, host, during } = noted();
  await during(() => {});
  expect(done).toEqual(["leave", "cooked"]);
  expect([...host.eventNames(), ...input.eventNames()]).toEqual([]);
});
