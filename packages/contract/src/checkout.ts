// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { page } from "./page.js";
import { findProofs, type Proof } from "./proof.js";
import { type Contract, readContract } from "./rule.js";

/** The page, from the checkout's top. */
export const PAGE = "docs/contract.md";

/** A checkout's rules and proofs, and the page that they make. */
export interface Proven {
  readonly contract: Contract;
  readonly proofs: readonly Proof[];
  readonly page: string;
}

/** Reads a checkout. Errors: CONTRACT_INVALID. */
export async function proven(checkout: string): Promise<Proven> {
  const text = await readFile(join(checkout, "crates/knem-check/contract.toml"), "utf8");
  const [contract, proofs] = [readContract(text), await findProofs(checkout)];
  return { contract, proofs, page: page(contract, proofs) };
}
