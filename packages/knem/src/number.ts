// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";

/** A whole number that is not negative; beyond 2^53 it must be a bigint. */
export type Unsigned = number | bigint;

/** The number as the native part takes it. */
export function unsigned(value: Unsigned, name: string): bigint {
  if ((typeof value === "bigint" || Number.isSafeInteger(value)) && value >= 0)
    return BigInt(value);
  throw new KnemError({
    code: "KNEM_BAD_ARGUMENT",
    what: `cannot use this ${name}`,
    why: `${value} is negative, or not a whole number that a JavaScript number holds exactly`,
    remedy: "pass a whole number from 0 on, beyond 2^53 as a bigint",
  });
}
