// SPDX-License-Identifier: BSD-3-Clause
import type { ReadStream, WriteStream } from "node:tty";
import type { Size } from "./screen.js";

/** What a terminal is told; every terminal of today understands it, over ssh as well. */
const enter = "\u001b[?1049h\u001b[?25l";
const leave = "\u001b[?25h\u001b[?1049l";
const home = "\u001b[H";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";

/** In raw mode Ctrl-C, Ctrl-D and Ctrl-Z are keys like any other. */
const quitting = ["q", "Q", "\u0003", "\u0004"] as const;
const stopping = "\u001a";
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where signals come from and go to: this process, but for tests. */
export interface Host {
  readonly pid: number;
  on(event: NodeJS.Signals | "exit", heed: () => void): unknown;
  off(event: NodeJS.Signals | "exit", heed: () => void): unknown;
  kill(pid: number, signal: NodeJS.Signals): unknown;
}

/** The terminal as a screen of its own; what was on it before is there again afterwards. */
export class Terminal {
  /** Aborted when the user has seen enough, or the process is told to end. */
  readonly over: AbortSignal;
  readonly #over = new AbortController();
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #host: Host;
  #entered = false;

  constructor(input: ReadStream, output: WriteStream, host: Host = process) {
    this.#input = input;
    this.#output = output;
    this.#host = host;
    this.over = this.#over.signal;
  }

  /** Some terminals do not say. */
  get size(): Size {
    return { columns: this.#output.columns || 80, rows: this.#output.rows || 24 };
  }

  /** Does `work` on the screen, and gives the terminal back however that ends, and while the process is stopped. */
  async use(redraw: () => void, work: () => Promise<void>): Promise<void> {
    const host = this.#host;
    const end = () => this.#over.abort();
    const key = (keys: Buffer) => {
      if (quitting.some((one) => keys.includes(one))) end();
      // As the terminal would do: npm, say, stops as well.
      else if (keys.includes(stopping)) host.kill(0, "SIGTSTP");
    };
    const leave = () => this.#leave();
    const again = () => {
      this.#leave();
      this.#enter();
      redraw();
    };
    const stop = () => {
      this.#leave();
      // Without a handler it stops here and now, unless there is no shell to go on from, when the kernel ignores it.
      host.off("SIGTSTP", stop);
      host.kill(host.pid, "SIGTSTP");
      host.on("SIGTSTP", stop);
      again();
    };
    for (const signal of signals) host.on(signal, end);
    host.on("SIGTSTP", stop);
    // Others stop it by SIGSTOP, and a shell has the terminal meanwhile.
    host.on("SIGCONT", again);
    // An error that nobody catches ends the process without unwinding.
    host.on("exit", leave);
    this.#output.on("resize", redraw);
    if (this.#input.isTTY) this.#input.on("data", key).on("end", end);
    this.#enter();
    try {
      await work();
    } finally {
      this.#leave();
      if (this.#input.isTTY) this.#input.off("data", key).off("end", end).pause();
      this.#output.off("resize", redraw);
      host.off("exit", leave);
      host.off("SIGCONT", again);
      host.off("SIGTSTP", stop);
      for (const signal of signals) host.off(signal, end);
    }
  }

  /** Shows lines from the top. */
  draw(lines: readonly string[]): void {
    this.#output.write(frame(lines));
  }

  #enter(): void {
    if (this.#input.isTTY) this.#input.setRawMode(true);
    this.#output.write(enter);
    this.#entered = true;
  }

  /** Node writes to terminals at once, also while the process ends. */
  #leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#output.write(leave);
    if (this.#input.isTTY) this.#input.setRawMode(false);
  }
}

/** Overwrites what is there rather than clearing it first, which would flicker. */
export function frame(lines: readonly string[]): string {
  return home + lines.map((line) => line + clearLine).join("\r\n") + clearBelow;
}
