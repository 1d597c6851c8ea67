// SPDX-License-Identifier: BSD-3-Clause
import { parseTap } from "@knem/guest";
import { expect, it } from "vitest";
import { legacy, perftest, trialLine, validate } from "../../src/index.js";
import { expectCarried, expectValid } from "./expected.js";
import { guestOf, watch } from "./whole.js";

it("UCX, MPICH and a client in the ways of old move every byte through KNEM", async () => {
  const attempts = [perftest("put_bw"), validate("mpich-ucx-get", "2 ranks"), legacy];
  const seen = await watch(await guestOf("bookworm", ["ucx"]), attempts.map(trialLine));
  expect(seen.of("ucx: put_bw")).toMatchObject({ status: 0 });
  expectCarried(seen.of("ucx: put_bw"), 50 * 65536);
  expectValid(seen.of("mpich-ucx-get: 2 ranks"));
  expectCarried(seen.of("mpich-ucx-get: 2 ranks"), 32 << 20);
  expect(parseTap(seen.of("legacy").output)).toMatchObject({ passed: 3, failed: 0 });
  expectCarried(seen.of("legacy"), 16 << 20);
});
