// SPDX-License-Identifier: BSD-3-Clause
import type * as Binding from "./binding.js";

/**
 * The copies that the module has of one device. They end in their order, so one of them is waited for
 * at a time, and however many there are take one thread of Node's pool.
 */
export class Line {
  #last: Promise<unknown> = Promise.resolve();

  /** Waits for a copy in its turn; gives the bytes that were copied. */
  add(submission: Binding.Submission): Promise<number> {
    const end = this.#last.then(() => submission.wait());
    this.#last = end.catch(() => {});
    return end;
  }
}
