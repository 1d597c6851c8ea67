// SPDX-License-Identifier: BSD-3-Clause
import { exists } from "@knem/kernels";

/** A key that signs modules, and its certificate, which the machine's firmware is to know. */
export interface SigningKey {
  readonly key: string;
  readonly certificate: string;
}

/** Where DKMS keeps the machine's own key, and where Ubuntu does. */
const places: readonly SigningKey[] = [
  { key: "/var/lib/dkms/mok.key", certificate: "/var/lib/dkms/mok.pub" },
  { key: "/var/lib/shim-signed/mok/MOK.priv", certificate: "/var/lib/shim-signed/mok/MOK.der" },
];

/** The machine owner's key, if the machine has one. */
export async function machineKey(
  known: readonly SigningKey[] = places,
): Promise<SigningKey | undefined> {
  for (const place of known) {
    if ((await exists(place.key)) && (await exists(place.certificate))) return place;
  }
  return undefined;
}
