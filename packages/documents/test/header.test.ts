// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { fieldsOf, namesOf } from "../src/header.js";

const header = `#ifndef KNEM_IO_H
#define KNEM_IO_H
#define KNEM_NR 3
enum knem_status_e {
	KNEM_STATUS_PENDING = 0,
};
struct knem_cmd_a {
	uint32_t flags; /* must be 0 */
	uint32_t pad;
	uint64_t counters[KNEM_NR];
	knem_cookie_t cookie;
};
`;

describe("namesOf", () => {
  it("has constants of both kinds, and not the guard", () => {
    expect(namesOf(header)).toEqual(["KNEM_NR", "KNEM_STATUS_PENDING"]);
  });
});

describe("fieldsOf", () => {
  it("has each field at its place, after arrays, too", () => {
    expect(fieldsOf(header).map(({ name, type, offset }) => [offset, name, type])).toEqual([
      [0, "flags", "uint32_t"],
      [4, "pad", "uint32_t"],
      [8, "counters", "uint64_t"],
      [32, "cookie", "knem_cookie_t"],
    ]);
  });
});
