// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { html } from "../src/html.js";
import { text } from "../src/text.js";
import { cost, document, result } from "./sample.js";

const methods = ["memcpy", "process_vm_readv", "inline-copy"] as const;
const sizes = [1 << 18, 1 << 20];
const figures = document(
  methods.flatMap((method, at) =>
    sizes.map((bytes) => result({ method, bytes, best: (4 - at) * 2 ** 30 })),
  ),
  [cost({ instructions: 601 })],
);

describe("html", () => {
  const page = html(figures);

  it("needs nothing but itself", () => {
    expect(page).not.toMatch(/<script|<link|@import|url\(|src=|href="[^#]|https?:/);
  });

  it("has plots, tables, and what was to be reached", () => {
    expect(page.match(/<figure>/g)).toHaveLength(2);
    expect(page).toMatch(/<td>1 MiB<\/td><td class="number">4\.00<\/td><td class="number">3\.00</);
    expect(page).toMatch(/<td>GET_INFO<\/td>.*<td class="no">no<\/td><\/tr>/);
    expect(page).toMatch(/<p class="lead">\d+ of \d+ goals are reached\.<\/p>/);
  });
});

describe("text", () => {
  it("has a line for each size and each call", () => {
    const said = text(figures);
    expect(said).toMatch(/^256 KiB +4\.00 +3\.00 .* 2\.00/m);
    expect(said).toMatch(/^get-info +601$/m);
  });

  it("leaves out what was not measured", () => {
    expect(text(document())).toBe("");
  });
});
