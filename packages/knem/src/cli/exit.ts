// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";

/** The exit statuses of the command; they never change. */
export const exit = {
  success: 0,
  failure: 1,
  usage: 2,
  noDevice: 3,
  noPermission: 4,
  wrongModule: 5,
  noBinding: 6,
} as const;

/** What `--help` says about them. */
export const exitHelp = `EXIT STATUS
  0  success
  1  something else failed, or doctor found a problem
  2  the command line is wrong
  3  there is no device: the module is not loaded
  4  this user may not open the device
  5  the device is not one that this version can talk to
  6  the native part of this package is missing or cannot be loaded`;

const byCode: Readonly<Record<string, number>> = {
  KNEM_USAGE: exit.usage,
  NO_TARGET: exit.usage,
  KNEM_NO_DEVICE: exit.noDevice,
  KNEM_PERMISSION_DENIED: exit.noPermission,
  KNEM_NOT_PRIVILEGED: exit.noPermission,
  KNEM_NOT_KNEM: exit.wrongModule,
  KNEM_ABI_MISMATCH: exit.wrongModule,
  KNEM_BAD_STATISTICS: exit.wrongModule,
  KNEM_NO_BINDING: exit.noBinding,
  KNEM_BAD_BINDING: exit.noBinding,
};

/** The exit status for an error. */
export function exitStatus(error: unknown): number {
  return (error instanceof KnemError ? byCode[error.code] : undefined) ?? exit.failure;
}
