// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/kernels";
import { type Bed, beds } from "./kinds.js";

type Kernels = Readonly<Partial<Record<Bed, string>>>;

/** Refuses what is of other kernels than the figures that it is to join. Errors: BENCH_KERNELS_DIFFER. */
export function sameKernels(figures: Kernels, added: Kernels, what: string): void {
  for (const bed of beds) {
    const [one, other] = [figures[bed], added[bed]];
    if (one === undefined || other === undefined || one === other) continue;
    throw new KnemError({
      code: "BENCH_KERNELS_DIFFER",
      what: `the ${what} do not belong to these figures`,
      why: `the figures are of ${one}, the ${what} of ${other}`,
      remedy: "measure everything anew, without --from",
    });
  }
}
