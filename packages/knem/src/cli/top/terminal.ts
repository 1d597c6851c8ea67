// SPDX-License-Identifier: BSD-3-Clause
import type { ReadStream, WriteStream } from "node:tty";
import type { Size } from "./screen.js";

/** What a terminal is told; every terminal of today understands it, over ssh as well. */
const enter = "\u001b[?1049h\u001b[?25l";
const leave = "\u001b[?25h\u001b[?1049l";
const home = "\u001b[H";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";

/** In raw mode Ctrl-C and Ctrl-D are keys like any other. */
const quitting = ["q", "Q", "\u0003", "\u0004"] as const;
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The terminal as a screen of its own; what was on it before is there again afterwards. */
export class Terminal {
  /** Aborted when the user has seen enough, or the process is told to end. */
  readonly over: AbortSignal;
  readonly #over = new AbortController();
  readonly #input: ReadStream;
  readonly #output: WriteStream;

  constructor(input: ReadStream, output: WriteStream) {
    this.#input = input;
    this.#output = output;
    this.over = this.#over.signal;
  }

  /** Some terminals do not say. */
  get size(): Size {
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  /** Does `work` on the screen, and gives the terminal back however that ends. */
  async use(redraw: () => void, work: () => Promise<void>): Promise<void> {
    const stop = () => this.#over.abort();
    const key = (keys: Buffer) => {
      if (quitting.some((one) => keys.includes(one))) stop();
    };
    for (const signal of signals) process.on(signal, stop);
    this.#output.on("resize", redraw);
    const keys = this.#input.isTTY;
    if (keys) this.#input.setRawMode(true).on("data", key).on("end", stop);
    this.#output.write(enter);
    try {
      await work();
    } finally {
      this.#output.write(leave);
      if (keys) this.#input.setRawMode(false).off("data", key).off("end", stop).pause();
      this.#output.off("resize", redraw);
      for (const signal of signals) process.off(signal, stop);
    }
  }

  /** Shows lines from the top. */
  draw(lines: readonly string[]): void {
    this.#output.write(frame(lines));
  }
}

/** Overwrites what is there rather than clearing it first, which would flicker. */
export function frame(lines: readonly string[]): string {
  return home + lines.map((line) => line + clearLine).join("\r\n") + clearBelow;
}
