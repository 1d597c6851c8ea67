// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { PAGE, proven } from "../src/checkout.js";
import { problems } from "../src/verify.js";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));

describe("this checkout", () => {
  it("proves every rule, and nothing that is none", async () => {
    const { contract, proofs } = await proven(checkout);
    expect(problems(contract, proofs)).toEqual([]);
  });

  it("has the page of its rules and proofs; `pnpm contract` writes it", async () => {
    const { page } = await proven(checkout);
    const committed = await readFile(join(checkout, PAGE), "utf8");
    expect(committed === page, `${PAGE} is not up to date: run pnpm contract`).toBe(true);
  });
});
