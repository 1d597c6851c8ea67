// SPDX-License-Identifier: BSD-3-Clause

/**
 * Waits for all of several works, also when one fails: what the others still write to must not be removed under
 * them. Errors: the first one's, in the order given.
 */
export async function together<T extends readonly unknown[]>(
  works: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  for (const end of await Promise.allSettled<unknown>(works)) {
    if (end.status === "rejected") throw end.reason;
  }
  return Promise.all(works) as Promise<unknown> as Promise<T>;
}
