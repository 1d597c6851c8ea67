// SPDX-License-Identifier: BSD-3-Clause
import { fileURLToPath } from "node:url";
import {
  type BuiltModule,
  type Grafted,
  type Target,
  together,
  type Workshop,
} from "@knem/kernels";

const folder = fileURLToPath(new URL("../modules/memcpydma", import.meta.url));

/**
 * A DMA engine made of software, for machines without one; its parameters make it slow, narrow or faulty. It is for the
 * target's stock kernel, or another one that the target's toolchain made.
 * Errors: those of building a module.
 */
export async function softwareDma(
  workshop: Workshop,
  target: Target,
  kernel: Promise<Grafted> = workshop.grafted(target),
): Promise<BuiltModule> {
  const [grafted, builder] = await together([
    kernel,
    workshop.builder(target, folder, "memcpydma"),
  ]);
  return builder.build(grafted);
}
