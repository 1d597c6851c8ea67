// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { proofOf } from "../src/proof.js";

describe("proofOf", () => {
  it.each([
    ["host", { kind: "host" }],
    ["guest", { kind: "guest" }],
    ["guest=mpich", { kind: "stack", stack: "mpich" }],
    ["proven=a/b.test.ts", { kind: "proven", test: "a/b.test.ts" }],
    ["from=examples/a.c#open", { kind: "from", file: "examples/a.c", region: "open" }],
    ['unproven="it takes a cluster"', { kind: "unproven", why: "it takes a cluster" }],
  ])("understands %s", (info, proof) => {
    expect(proofOf(info)).toEqual(proof);
  });

  it.each(["", "hosts", "host guest", "proven=", "from=a.c", 'unproven=""', 'unproven="no"'])(
    "takes %j for nothing",
    (info) => {
      expect(proofOf(info)).toBeUndefined();
    },
  );
});
