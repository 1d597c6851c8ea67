// SPDX-License-Identifier: BSD-3-Clause
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BuiltModule } from "./build.js";
import { places, sideBySide } from "./crew.js";
import { KnemError } from "./errors.js";
import { interrupt } from "./interrupt.js";
import { type Cell, table } from "./table.js";
import { nameOf, select, type Target, targets } from "./targets.js";
import type { VariantName } from "./variants.js";
import type { Workshop } from "./workshop.js";

/** How the build for one target ended. */
export interface KmodResult {
  readonly target: Target;
  readonly built?: BuiltModule;
  readonly error?: unknown;
}

const usage =
  "--kernel <series>, --flavour <name>, --suite <name>, --arch <name> (each may be repeated), or --all";

/** The targets that a command line asks for; without arguments the first of the table. Errors: USAGE, NO_TARGET. */
export function kmodArguments(args: readonly string[], all: readonly Target[] = targets): Target[] {
  const several = { type: "string", multiple: true } as const;
  const fields = { kernel: several, flavour: several, suite: several, arch: several };
  const options = { ...fields, all: { type: "boolean" } } as const;
  const { values } = parse(() => parseArgs({ args: [...args], options, strict: true }));
  const { kernel, flavour, suite, arch } = values;
  const chosen = kernel ?? flavour ?? suite ?? arch;
  if (values.all && chosen) throw wrong("--all stands alone: it means every kernel of the table");
  if (values.all) return [...all];
  if (!chosen) return all.slice(0, 1);
  const selection = {
    ...(kernel && { kernels: kernel }),
    ...(flavour && { flavours: flavour }),
    ...(suite && { suites: suite }),
    ...(arch && { archs: arch }),
  };
  return select(selection, all);
}

/** Builds knem.ko for a target and puts it into build/<release>/; a failure is part of the result. */
export function buildKmod(workshop: Workshop, target: Target): Promise<KmodResult> {
  return resultOf(target, async () => {
    const built = await workshop.module(target);
    const folder = join(workshop.checkout, "build", built.kernel.release);
    await mkdir(folder, { recursive: true });
    await copyFile(built.ko, join(folder, "knem.ko"));
    return built;
  });
}

/** Builds knem.ko for a variant of a target's kernel; a failure is part of the result. */
export function buildVariantKmod(
  workshop: Workshop,
  target: Target,
  variant: VariantName,
): Promise<KmodResult> {
  return resultOf(target, () => workshop.variantModule(target, variant));
}

async function resultOf(target: Target, build: () => Promise<BuiltModule>): Promise<KmodResult> {
  try {
    return { target, built: await build() };
  } catch (error) {
    // An interrupt is meant for the whole run.
    if (interrupt.aborted) throw error;
    return { target, error };
  }
}

/** What making a kernel's metadata takes at its peak; its longest parts have one core's work. */
const share = { cores: 1, memory: 2.5e9 };

/** Builds knem.ko for targets, as many at once as the machine carries. */
export function buildKmods(workshop: Workshop, targets: readonly Target[]): Promise<KmodResult[]> {
  return sideBySide(targets, places(share), (target) => buildKmod(workshop, target));
}

/** Kernel, toolchain, result, seconds, size: a line for each target. */
export function kmodTable(results: readonly KmodResult[]): string {
  const rows = results.map(({ target, built, error }): Cell[] => {
    if (!built) return [nameOf(target), target.toolchain, `failed: ${reason(error)}`, "-", "-"];
    const size = `${(built.bytes / 1024).toFixed(0)} KiB`;
    return [built.kernel.release, built.toolchain, "built", built.seconds.toFixed(1), size];
  });
  return table(["kernel", "toolchain", "result", "seconds", "size"], rows);
}

function reason(error: unknown): string {
  return error instanceof KnemError ? error.what : String(error);
}

function parse<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(why: string): KnemError {
  return new KnemError({
    code: "USAGE",
    what: "the arguments are not understood",
    why,
    remedy: usage,
  });
}
