// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { hues, inBothLights, ink, outcome, paper } from "../src/palette.js";

/** How light a colour is to the eye, as WCAG 2 defines it. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

describe("the palette", () => {
  it.each(["light", "dark"] as const)("can be read on %s paper", (light) => {
    for (const shade of [...hues, ink.text, ink.soft, outcome.yes, outcome.no])
      expect(contrast(shade[light], paper[light])).toBeGreaterThanOrEqual(4.5);
  });

  it("measures contrast as WCAG does", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21);
    expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  });

  it("becomes rules for both lights", () => {
    const rules = inBothLights({ a: ink.text }, (name, colour) => `.${name}{fill:${colour}}`);
    expect(rules).toBe(
      `.a{fill:${ink.text.light}}\n@media(prefers-color-scheme:dark){.a{fill:${ink.text.dark}}}`,
    );
  });
});
