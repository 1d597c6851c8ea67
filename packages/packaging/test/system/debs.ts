// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { Workshop } from "@knem/kernels";
import { apply, orderOf, plan } from "../../src/index.js";

/** Builds the Debian packages (or those of modules) and does `work` with the path of one of them. */
export async function withDeb<T>(
  workshop: Workshop,
  name: string,
  work: (deb: string) => Promise<T>,
  kind: "deb" | "kmod" = "deb",
): Promise<T> {
  const { cache, progress } = workshop;
  return cache.temporary("debs", async (out) => {
    const planned = await plan(orderOf({ kind, out }), cache, progress);
    const made = await apply(planned, workshop);
    const deb = made.find(({ path }) => path.startsWith(join(out, `${name}_`)));
    if (!deb) throw new Error(`${name} is not among the packages`);
    return work(deb.path);
  });
}
