// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { findUnsafe, UNSAFE_PAGE, unsafeIn, unsafePage } from "../src/unsafe.js";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));

it("blocks, impls and functions are counted, and no words about them", () => {
  const text = `
    // unsafe { in a comment }
    /// Not an unsafe fn.
    let text = "unsafe { in a string }";
    let a = unsafe { one() } + unsafe {
        two()
    };
    unsafe impl Send for A {}
    unsafe fn asks() {}
    unsafe extern "C" fn asks_too() {}
  `;
  expect(unsafeIn(text, "a.rs")).toEqual({ file: "a.rs", blocks: 2, impls: 1, functions: 2 });
});

describe("this checkout", () => {
  it("has the page of its unsafe code; `pnpm contract` writes it", async () => {
    const page = unsafePage(await findUnsafe(checkout));
    const committed = await readFile(join(checkout, UNSAFE_PAGE), "utf8");
    expect(committed === page, `${UNSAFE_PAGE} is not up to date: run pnpm contract`).toBe(true);
  });

  it("is unsafe in the module's host alone", async () => {
    const files = (await findUnsafe(checkout)).map(({ file }) => file);
    const module = files.filter((file) => file.startsWith("kernel-rs/"));
    expect(module.filter((file) => !file.startsWith("kernel-rs/host/"))).toEqual([]);
  });
});
