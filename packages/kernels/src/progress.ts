// SPDX-License-Identifier: BSD-3-Clause
import type { WriteStream } from "node:tty";

/** Where progress is shown; a terminal is redrawn, anything else gets a plain line per step. */
export type Screen = Pick<WriteStream, "write"> & Partial<Pick<WriteStream, "isTTY" | "columns">>;

interface Running {
  readonly name: string;
  readonly begin: number;
}

/** The one display of what a run is doing: the steps that run (several may at once), with the seconds they take. */
export class Progress {
  private readonly running = new Set<Running>();
  private timer: NodeJS.Timeout | undefined;
  private drawn = 0;

  constructor(private readonly screen: Screen = process.stderr) {}

  /** Shows `name` while `work` runs, then the seconds that it took, or that it failed. */
  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const step = { name, begin: Date.now() };
    this.running.add(step);
    this.draw();
    try {
      const result = await work();
      this.end(step, "");
      return result;
    } catch (error) {
      this.end(step, "failed after ");
      throw error;
    }
  }

  /** One line that stays, among the steps. */
  note(line: string): void {
    this.clear();
    this.screen.write(`${line}\n`);
    this.draw();
  }

  private end(step: Running, outcome: string): void {
    this.running.delete(step);
    this.note(`${step.name}: ${outcome}${seconds(step.begin)}`);
  }

  private draw(): void {
    if (!this.screen.isTTY) return;
    this.clear();
    const width = (this.screen.columns ?? 80) - 1;
    for (const { name, begin } of this.running) {
      this.screen.write(`${`… ${name} ${seconds(begin)}`.slice(0, width)}\n`);
    }
    this.drawn = this.running.size;
    if (this.drawn > 0) {
      this.timer ??= setInterval(() => this.draw(), 500).unref();
    } else {
      clearInterval(this.timer);
      this.timer = undefined;
    }
  }

  private clear(): void {
    // Up to the first drawn line, then erase to the end of the screen.
    if (this.drawn > 0) this.screen.write(`\x1b[${this.drawn}A\x1b[J`);
    this.drawn = 0;
  }
}

/** The time since `begin` (milliseconds of Date.now), for people. */
function seconds(begin: number): string {
  return `${((Date.now() - begin) / 1000).toFixed(1)} s`;
}
