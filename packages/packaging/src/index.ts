// SPDX-License-Identifier: BSD-3-Clause
export { catchInterrupts } from "@knem/kernels";
export { apply, type Made, madeTable } from "./apply.js";
export { type Bench, withBench } from "./bench.js";
export { checkout, epochOf, versionOf } from "./checkout.js";
export { type Entry, layOut } from "./entry.js";
export { carryOut, installSteps, PREFIX, type Step, stepText, uninstallSteps } from "./install.js";
export { type Kind, kinds, type Order, orderOf, type Wishes } from "./order.js";
export { type Plan, type Product, plan, planDocument, planTable } from "./plan.js";
export type { Release } from "./release.js";
export { machineKey, type SigningKey } from "./signing.js";
export { listed, sourceTree } from "./sources.js";
export { pack } from "./tarball.js";
