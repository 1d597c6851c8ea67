// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { regionOf } from "../src/snippet.js";

const program = `int main(void)
{
	/* [one] */
	first();

	if (second)
		third();
	/* [/one] */
	/* [open] */
}
`;

describe("regionOf", () => {
  it("gives the region without its indentation", () => {
    expect(regionOf(program, "one")).toBe("first();\n\nif (second)\n\tthird();");
  });

  it("gives nothing where there is none, or no end of it, or two", () => {
    expect(regionOf(program, "two")).toBeUndefined();
    expect(regionOf(program, "open")).toBeUndefined();
    expect(regionOf(program + program, "one")).toBeUndefined();
  });
});
