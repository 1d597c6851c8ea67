// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { chosen } from "../src/choice.js";
import { type Protection, regionRequest } from "../src/region.js";

it("a choice that is none is refused, and what there is is told", () => {
  expect(chosen("pool", ["pool", "thread"], "engine")).toBe("pool");
  const wrong = () => regionRequest({ protection: "readwrite" as Protection });
  expect(wrong).toThrow(
    expect.objectContaining({
      code: "KNEM_BAD_ARGUMENT",
      why: 'there is no protection "readwrite"',
      remedy: 'pass one of "none", "read", "write", "read-write"',
    }),
  );
});

it("memory is read from, and no more, unless something else is said", () => {
  expect(regionRequest({})).toMatchObject({ readable: true, writable: false });
  expect(regionRequest({ protection: "write" })).toMatchObject({ readable: false, writable: true });
});
