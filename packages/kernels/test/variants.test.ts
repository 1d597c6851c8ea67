// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { toolchainOfVariant, type VariantName, variants } from "../src/variants.js";

const names = Object.keys(variants) as VariantName[];
const fragment = (name: VariantName) =>
  readFile(new URL(`../variants/${name}.config`, import.meta.url), "utf8");

describe.each(names)("the variant %s", (name) => {
  it("has a toolchain, and asks for modules in Rust", async () => {
    expect(toolchainOfVariant(name).packages).toContain("bindgen");
    const text = await fragment(name);
    for (const setting of ["RUST", "MODULES", "MODULE_UNLOAD"])
      expect(text).toContain(`\nCONFIG_${setting}=y\n`);
  });

  it("says each setting once, in lines that can be looked for", async () => {
    const lines = (await fragment(name)).split("\n").filter((line) => /CONFIG_/.test(line));
    expect(
      lines.filter((line) => !/^(CONFIG_\w+=\S+|# CONFIG_\w+ is not set)$/.test(line)),
    ).toEqual([]);
    const settings = lines.map((line) => /CONFIG_\w+/.exec(line)?.[0]);
    expect(new Set(settings).size).toBe(settings.length);
  });
});

it.each(["debug", "uml-debug"] as const)("%s looks for faults, by clang", async (name) => {
  const text = await fragment(name);
  const nets = ["KASAN", "PROVE_LOCKING", "DEBUG_ATOMIC_SLEEP", "DEBUG_LIST", "DMA_API_DEBUG"];
  for (const setting of nets) expect(text).toContain(`\nCONFIG_${setting}=y\n`);
  expect(variants[name].variables).toContain("LLVM=1");
  expect(toolchainOfVariant(name).packages).toContain("clang");
});
