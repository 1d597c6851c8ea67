// SPDX-License-Identifier: BSD-3-Clause
import { allocates, type Owner, ownerOf } from "./owner.js";
import type { Routine, Symbols } from "./symbols.js";
import type { Path } from "./trace.js";

/** A function's part of a call. */
export interface FunctionCost {
  readonly name: string;
  readonly owner: Owner;
  /** How often it was entered at its begin. */
  readonly calls: number;
  /** Executed in itself, not in what it calls. */
  readonly instructions: number;
}

/** Where the instructions of a call went. */
export interface Folded {
  readonly functions: readonly FunctionCost[];
  /** How often memory was taken from the heap. */
  readonly allocations: number;
}

/**
 * Counts a path's instructions by function. Calls and returns are seen by where they lead: the begin of a function is
 * called or jumped to, another place in it is returned to if it is still being executed.
 */
export function fold(path: Path, symbols: Symbols, module = "knem"): Folded {
  const tally = new Tally(module);
  for (const address of path) tally.step(symbols.at(address), address);
  const functions = [...tally.costs.values()].sort((a, b) => b.instructions - a.instructions);
  return { functions, allocations: tally.allocations };
}

/** A function that is being executed; none for user space's. */
interface Frame {
  readonly routine: Routine | undefined;
  readonly cost: { -readonly [K in keyof FunctionCost]: FunctionCost[K] };
}

/** The sums so far, and what is being executed, the innermost last. */
class Tally {
  readonly costs = new Map<string, Frame["cost"]>();
  allocations = 0;
  private readonly frames: Frame[] = [];

  constructor(private readonly module: string) {}

  step(routine: Routine | undefined, address: string): void {
    const frame = this.frame(routine, routine?.start === address);
    frame.cost.instructions++;
  }

  private frame(routine: Routine | undefined, begins: boolean): Frame {
    const innermost = this.frames.at(-1);
    if (innermost && innermost.routine === routine) return innermost;
    const outer = this.frames.findLastIndex((frame) => frame.routine === routine);
    const found = this.frames[outer];
    if (begins || !found) return this.enter(routine, begins);
    this.frames.length = outer + 1;
    return found;
  }

  private enter(routine: Routine | undefined, begins: boolean): Frame {
    const caller = this.frames.at(-1)?.cost.owner ?? "user space";
    const owner = ownerOf(routine, caller, this.module);
    const name = routine?.name ?? owner;
    const key = `${owner} ${name}`;
    const cost = this.costs.get(key) ?? { name, owner, calls: 0, instructions: 0 };
    this.costs.set(key, cost);
    if (begins) cost.calls++;
    // An allocator's own allocators count with it.
    if (begins && takes(routine) && !this.frames.some((frame) => takes(frame.routine)))
      this.allocations++;
    const frame = { routine, cost };
    this.frames.push(frame);
    return frame;
  }
}

const takes = (routine: Routine | undefined) => routine !== undefined && allocates(routine);
