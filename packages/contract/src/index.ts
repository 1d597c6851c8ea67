// SPDX-License-Identifier: BSD-3-Clause
export { PAGE, type Proven, proven } from "./checkout.js";
export { page } from "./page.js";
export { findProofs, type Proof, proofsIn } from "./proof.js";
export { type Contract, type Kind, kinds, type Rule, readContract } from "./rule.js";
export { findUnsafe, sumOf, UNSAFE_PAGE, type Unsafe, unsafePage } from "./unsafe.js";
export { problems, type Reported, unreported } from "./verify.js";
