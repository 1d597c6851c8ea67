// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";

/**
 * The value, if it is one of these: programs in plain JavaScript may misspell it, and must not get something else.
 *
 * @throws KnemError `KNEM_BAD_ARGUMENT`
 */
export function chosen<T extends string>(value: T, choices: readonly T[], name: string): T {
  if (choices.includes(value)) return value;
  throw new KnemError({
    code: "KNEM_BAD_ARGUMENT",
    what: `cannot use this ${name}`,
    why: `there is no ${name} ${JSON.stringify(value)}`,
    remedy: `pass one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`,
  });
}
