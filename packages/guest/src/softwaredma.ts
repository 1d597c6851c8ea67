// SPDX-License-Identifier: BSD-3-Clause
import { fileURLToPath } from "node:url";
import {
  type BuiltModule,
  type Target,
  together,
  type VariantName,
  type Workshop,
} from "@knem/kernels";

const folder = fileURLToPath(new URL("../modules/memcpydma", import.meta.url));

/**
 * A DMA engine made of software, for machines without one; its parameters make it slow, narrow or faulty. It is for the
 * target's stock kernel, or for a variant of it.
 * Errors: those of building a module.
 */
export async function softwareDma(
  workshop: Workshop,
  target: Target,
  variant?: VariantName,
): Promise<BuiltModule> {
  const [grafted, builder] = await together(
    variant
      ? [workshop.variant(target, variant), workshop.variantBuilder(variant, folder, "memcpydma")]
      : [workshop.grafted(target), workshop.builder(target, folder, "memcpydma")],
  );
  return builder.build(grafted);
}
