// SPDX-License-Identifier: BSD-3-Clause
import { availableParallelism, freemem } from "node:os";

/** What the machine has at the moment. */
export interface Machine {
  readonly cores: number;
  /** Bytes of memory that are not in use. */
  readonly memory: number;
}

/** What each of several works takes. */
export interface Share {
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
}

const here = (): Machine => ({ cores: availableParallelism(), memory: freemem() });

/** How many such works the machine carries at once; one in any case. */
export function places(share: Share, { cores, memory }: Machine = here()): number {
  return Math.max(1, Math.floor(Math.min(cores / share.cores, memory / share.memory)));
}

/**
 * Does `work` for every item, as many at once as there are places, and gives the results in the items' order. After
 * an error nothing further is begun, and what runs comes to its end. Errors: the first one's.
 */
export async function sideBySide<T, R>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const errors: unknown[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) {
      if (errors.length > 0) return;
      await work(item).then(
        (result) => {
          results[index] = result;
        },
        (error) => errors.push(error),
      );
    }
  };
  await Promise.all(Array.from({ length: count }, worker));
  if (errors.length > 0) throw errors[0];
  return results;
}
