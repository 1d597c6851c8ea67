// SPDX-License-Identifier: BSD-3-Clause
import {
  type BuiltModule,
  buildKmods,
  buildVariantKmod,
  interrupt,
  type KmodResult,
  nameOf,
  places,
  render,
  type Support,
  sideBySide,
  table,
  type Workshop,
} from "@knem/kernels";
import { type Bed, bedName, isUml, variantOf } from "./beds.js";
import { type Conformance, conformance } from "./conformance.js";

/** What became of one bed: its module built or not, and then tested. */
export interface Tested extends Conformance, Bed {
  readonly built?: BuiltModule;
}

/** A guest has two processors and 2 GiB. */
const share = { cores: 2, memory: 3e9 };

/** Builds the module for kernels, boots each in its beds and runs every conformance program there. */
export async function matrix(workshop: Workshop, beds: readonly Bed[]): Promise<Tested[]> {
  const stock = beds.filter((bed) => !variantOf(bed));
  const builds = await buildKmods(workshop, [...new Set(stock.map(({ target }) => target))]);
  const build = (bed: Bed) => {
    const variant = variantOf(bed);
    return variant
      ? buildVariantKmod(workshop, bed.target, variant)
      : builds.find(({ target }) => target === bed.target);
  };
  return sideBySide(beds, places(share), async (bed) => tested(workshop, bed, await build(bed)));
}

async function tested(workshop: Workshop, bed: Bed, build?: KmodResult): Promise<Tested> {
  const failed = { ...bed, passed: 0, failed: 1, seconds: 0 };
  const built = build?.built;
  if (!built) return { ...failed, failures: render(build?.error) };
  const name = `testing on ${bedName(bed, built.kernel.release)}`;
  try {
    // User Mode Linux has the users of the root it runs in, and not those of a guest.
    const clients = !isUml(bed);
    const count = await workshop.progress.step(name, () => conformance(workshop, bed, { clients }));
    return { ...bed, built, ...count };
  } catch (error) {
    if (interrupt.aborted) throw error;
    return { ...failed, built, failures: render(error) };
  }
}

/** Kernel, toolchain, architecture and machine, build, tests, seconds: a line for each bed. */
export function matrixTable(all: readonly Tested[]): string {
  const rows = all.map(({ target, machine, built, passed, failed, seconds }) => [
    built?.kernel.release ?? nameOf(target),
    built?.toolchain ?? target.toolchain,
    machine ? `${target.arch} ${machine}` : target.arch,
    built ? `${built.seconds.toFixed(1)} s` : "failed",
    passed,
    failed,
    seconds.toFixed(0),
  ]);
  return table(["kernel", "toolchain", "arch", "build", "passed", "failed", "seconds"], rows);
}

/** What docs/support.md is to tell; kernels for which nothing could be built are left out. */
export function supportOf(all: readonly Tested[]): Support[] {
  return all.flatMap(({ target, machine, built, passed, failed, seconds }) =>
    built
      ? [
          {
            target,
            ...(machine && { machine }),
            release: built.kernel.release,
            compilers: built.toolchain,
            ...{ build: tenths(built.seconds), passed, failed, tests: tenths(seconds) },
          },
        ]
      : [],
  );
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10;
