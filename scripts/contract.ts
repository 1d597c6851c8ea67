// SPDX-License-Identifier: BSD-3-Clause
// pnpm contract: writes docs/contract.md and docs/unsafe.md, and tells of every rule without a proof and every proof without a
// rule.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findUnsafe, PAGE, problems, proven, UNSAFE_PAGE, unsafePage } from "@knem/contract";
import { entryPoint } from "./entry.js";

const checkout = fileURLToPath(new URL("../..", import.meta.url));

await entryPoint(async () => {
  const { contract, proofs, page } = await proven(checkout);
  await writeFile(join(checkout, PAGE), page);
  await writeFile(join(checkout, UNSAFE_PAGE), unsafePage(await findUnsafe(checkout)));
  const wrong = problems(contract, proofs);
  console.log([`${PAGE}: ${contract.rules.length} rules`, ...wrong].join("\n"));
  return wrong.length === 0 ? 0 : 1;
});
