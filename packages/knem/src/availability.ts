// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import { Device } from "./device.js";

/** Whether KNEM can be used, and if not, why and what to do. */
export type Availability =
  | { readonly available: true }
  | { readonly available: false; readonly reason: KnemError };

/**
 * Whether this process can use KNEM: there are a native part for this platform, a device, and the right to
 * open it, and the module speaks this package's version. It never throws.
 *
 * @param path where the device is, if it isn't `/dev/knem`
 */
export function availability(path?: string): Availability {
  try {
    new Device(path).close();
    return { available: true };
  } catch (reason) {
    if (reason instanceof KnemError) return { available: false, reason };
    throw reason;
  }
}
