// SPDX-License-Identifier: BSD-3-Clause
import { setTimeout } from "node:timers/promises";
import { type Statistics, statistics } from "../../statistics.js";
import { type Rates, rates, type Sample } from "../stats/sample.js";
import { System } from "../system.js";
import { processes } from "./processes.js";
import { screen, type View } from "./screen.js";
import type { Terminal } from "./terminal.js";

/** What `knem top` is told. */
export interface Live {
  readonly device: string;
  /** Seconds. */
  readonly interval: number;
  /** How many intervals; until the user quits, if it is not said. */
  readonly count?: number | undefined;
}

/** As many intervals as the widest terminals show. */
const REMEMBERED = 500;

/** Shows what the module does until the user has seen enough. Errors: those of `statistics`. */
export async function live(terminal: Terminal, { device, interval, count }: Live): Promise<void> {
  const system = new System();
  const history: Rates[] = [];
  let before = sample(device);
  let view = look(system, device, before.read, history);
  const draw = () => terminal.draw(screen(view, terminal.size));
  await terminal.use(draw, async () => {
    draw();
    for (let done = 0; count === undefined || done < count; done += 1) {
      await setTimeout(interval * 1000, undefined, { signal: terminal.over }).catch(() => {});
      if (terminal.over.aborted) return;
      const after = sample(device);
      history.push(rates(before, after));
      if (history.length > REMEMBERED) history.shift();
      before = after;
      view = look(system, device, after.read, history);
      draw();
    }
  });
}

function sample(device: string): Sample {
  return { read: statistics(device), at: performance.now() };
}

function look(system: System, device: string, read: Statistics, history: readonly Rates[]): View {
  const partial = process.getuid?.() !== 0;
  return { read, history, processes: processes(system, device), partial, time: new Date() };
}
