// SPDX-License-Identifier: BSD-3-Clause
import type { Tier, Workshop } from "@knem/kernels";
import { type Bed, bedName, isUml } from "./beds.js";
import { conformance } from "./conformance.js";
import { faulty } from "./faulty.js";

/** What is tried on kernels that look for faults: that they find some, and that the module has none. */
export function debugTiers(workshop: Workshop, beds: readonly Bed[]): Tier[] {
  return beds.flatMap((bed) => [
    { name: `mistakes on ${bedName(bed)}`, run: () => faulty(workshop, bed) },
    {
      name: bedName(bed),
      // User Mode Linux has the users of the root it runs in, and not those of a guest.
      run: () => conformance(workshop, bed, { clients: !isUml(bed) }),
    },
  ]);
}
