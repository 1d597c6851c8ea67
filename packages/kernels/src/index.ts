// SPDX-License-Identifier: BSD-3-Clause
export { Archive, type DebianPackage, unpack } from "./archive.js";
export { type BuiltModule, ModuleBuilder } from "./build.js";
export { Cache, cacheFolder, exists, gigabytes, keyOf, remove } from "./cache.js";
export { Chroot, type ChrootOptions, withChroot } from "./chroot.js";
export { type CommandOptions, type CommandResult, must, run, tail } from "./command.js";
export { CRATE_TEST } from "./crate.js";
export { places, type Share, sideBySide } from "./crew.js";
export { type DebianSystem, makeDebian } from "./debian.js";
export { type DriverName, driverSource, drivers } from "./driver.js";
export { KnemError, type Report, render, systemCode } from "./errors.js";
export { catchInterrupts, interrupt } from "./interrupt.js";
export { files, type Kernel, type KernelFiles, resolve } from "./kernel.js";
export {
  buildKmod,
  buildKmods,
  buildVariantKmod,
  type KmodResult,
  kmodArguments,
  kmodTable,
} from "./kmod.js";
export { type Lock, lock, locked } from "./lock.js";
export { type Grafted, grafted, KERNEL_INSIDE } from "./metadata.js";
export { interpret } from "./miri.js";
export { type PlatformName, platformOf, platforms } from "./platforms.js";
export { Progress, type Screen } from "./progress.js";
export { type Root, toolchainRoot } from "./root.js";
export { type Bind, Sandbox, type SandboxOptions } from "./sandbox.js";
export {
  SUPPORT_DATA,
  SUPPORT_PAGE,
  type Support,
  supportPage,
  unsupported,
} from "./support.js";
export { ensureSystem, missingPackages } from "./system.js";
export { type Cell, table } from "./table.js";
export { nameOf, type Selection, select, type Target, targets, toolchainOf } from "./targets.js";
export {
  type Abreast,
  type Count,
  check,
  chosenTiers,
  runTiers,
  type Tier,
  type TierResult,
  tierTable,
  verdict,
} from "./tier.js";
export { together } from "./together.js";
export { buildPackages, type Toolchain, toolchains } from "./toolchains.js";
export { mirror, sourceFiles } from "./tree.js";
export {
  type Binding,
  countTests,
  type ProgramChoice,
  type ProgramCrate,
  type Programs,
  Userland,
} from "./userland.js";
export { type VariantKernel, variantKernel } from "./variant.js";
export { type Variant, type VariantName, variants } from "./variants.js";
export {
  comparePackages,
  compareReleases,
  inSeries,
  parseRelease,
  satisfies,
  seriesOf,
} from "./versions.js";
export { vitest } from "./vitest.js";
export { Workshop } from "./workshop.js";
