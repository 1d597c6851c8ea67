// SPDX-License-Identifier: BSD-3-Clause
import {
  type BuiltModule,
  buildKmods,
  interrupt,
  type KmodResult,
  nameOf,
  places,
  render,
  type Support,
  sideBySide,
  type Target,
  table,
  type Workshop,
} from "@knem/kernels";
import { type Conformance, conformance } from "./conformance.js";

/** What became of one target: built or not, and then tested. */
export interface Tested extends Conformance {
  readonly target: Target;
  readonly built?: BuiltModule;
}

/** A guest has two processors and 2 GiB. */
const share = { cores: 2, memory: 3e9 };

/** Builds the module for targets, boots each kernel and runs every conformance program on it. */
export async function matrix(workshop: Workshop, targets: readonly Target[]): Promise<Tested[]> {
  const builds = await buildKmods(workshop, targets);
  return sideBySide(builds, places(share), (one) => tested(workshop, one));
}

async function tested(workshop: Workshop, { target, built, error }: KmodResult): Promise<Tested> {
  const failed = { target, passed: 0, failed: 1, seconds: 0 };
  if (!built) return { ...failed, failures: render(error) };
  const name = `testing on ${built.kernel.release}`;
  try {
    const count = await workshop.progress.step(name, () =>
      conformance(workshop, target, { clients: true }),
    );
    return { target, built, ...count };
  } catch (error) {
    if (interrupt.aborted) throw error;
    return { ...failed, built, failures: render(error) };
  }
}

/** Kernel, toolchain, architecture, build, tests, seconds: a line for each target. */
export function matrixTable(all: readonly Tested[]): string {
  const rows = all.map(({ target, built, passed, failed, seconds }) => [
    built?.kernel.release ?? nameOf(target),
    built?.toolchain ?? target.toolchain,
    target.arch,
    built ? `${built.seconds.toFixed(1)} s` : "failed",
    passed,
    failed,
    seconds.toFixed(0),
  ]);
  return table(["kernel", "toolchain", "arch", "build", "passed", "failed", "seconds"], rows);
}

/** What docs/support.md is to tell; targets for which nothing could be built are left out. */
export function supportOf(all: readonly Tested[]): Support[] {
  return all.flatMap(({ target, built, passed, failed, seconds }) =>
    built
      ? [
          {
            target,
            release: built.kernel.release,
            compilers: built.toolchain,
            ...{ build: tenths(built.seconds), passed, failed, tests: tenths(seconds) },
          },
        ]
      : [],
  );
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10;
