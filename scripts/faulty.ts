// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { GuestFault } from "@knem/guest";
import {
  type BuiltModule,
  type Count,
  mirror,
  must,
  sourceFiles,
  type VariantName,
  type Workshop,
} from "@knem/kernels";
import { type Bed, variantOf } from "./beds.js";
import { BIN, type MakeModule, outfit } from "./outfit.js";

/** A mistake that is made in the module on purpose, as `faulty/NAME.patch`, and what must come of it. */
interface Mistake {
  readonly name: string;
  /** What the kernel's log tells of, or the code of the guest's own verdict. */
  readonly found: string;
}

/** One for each kind of net that is to catch such. */
export const mistakes: readonly Mistake[] = [
  { name: "use-after-free", found: "sanitizer" },
  { name: "lock-order", found: "lockdep" },
  { name: "sleep-in-atomic", found: "bug" },
  { name: "leaked-pin", found: "GUEST_PIN_LEAK" },
];

/** Where the patches are, from the checkout's top. */
export const PATCHES = "scripts/faulty";

/** Makes, finds, copies and ends regions. */
const PROGRAM = "two_processes";

/**
 * Runs the module with each mistake on a bed that looks for faults; one that is not found out is a failure.
 */
export async function faulty(workshop: Workshop, bed: Bed): Promise<Count> {
  const failures: string[] = [];
  for (const { name, found } of mistakes) {
    const what = await verdict(workshop, bed, name);
    if (!what.includes(found)) failures.push(`${name}: expected ${found}, found ${what.join(" ")}`);
  }
  const failed = failures.length;
  const passed = mistakes.length - failed;
  return { passed, failed, ...(failed > 0 && { failures: failures.join("\n") }) };
}

/** What was found: the code of the verdict, and the kinds of faults in the log. */
async function verdict(workshop: Workshop, bed: Bed, name: string): Promise<string[]> {
  const choice = { crate: "knem-check", platform: "amd64", only: [PROGRAM] } as const;
  const guest = await outfit(workshop, bed, choice, mistaken(name));
  try {
    const { status } = await guest.run({ command: [`${BIN}/${PROGRAM}`], timeLimit: 300 });
    return [`status ${status}`];
  } catch (error) {
    if (!(error instanceof GuestFault)) throw error;
    return [error.code, ...error.faults.map(({ kind }) => kind)];
  }
}

/** Makes the module with a mistake. Errors: COMMAND_FAILED, if the patch fits no more; those of the build. */
const mistaken =
  (name: string): MakeModule =>
  async (workshop, bed) => {
    const variant = variantOf(bed);
    if (!variant) throw new Error("a stock kernel is no net for mistakes");
    return workshop.cache.temporary("faulty", (folder) =>
      build(workshop, bed, variant, name, folder),
    );
  };

/**
 * Copies the module's sources into a folder and makes a mistake there. Errors: COMMAND_FAILED, if the patch fits no more.
 */
export async function makeMistake(checkout: string, sources: string, name: string, folder: string) {
  await mirror(sources, await sourceFiles(sources), folder);
  const patch = join(checkout, PATCHES, `${name}.patch`);
  await must(`${name}.patch does not fit`, "git", ["apply", "-p0", patch], {
    cwd: folder,
    remedy: "make it anew for the module as it is now",
  });
}

async function build(
  workshop: Workshop,
  { target }: Bed,
  variant: VariantName,
  name: string,
  folder: string,
): Promise<BuiltModule> {
  const { checkout, moduleFolder } = workshop;
  await makeMistake(checkout, moduleFolder, name, folder);
  const [kernel, builder] = await Promise.all([
    workshop.variant(target, variant),
    workshop.variantBuilder(variant, folder),
  ]);
  return builder.build(kernel);
}
