// SPDX-License-Identifier: BSD-3-Clause
import { parseTap } from "@knem/guest";
import { beforeAll, describe, expect, it } from "vitest";
import { legacy, perftest, stacksOf } from "../../src/index.js";
import { behaves, pageHolds } from "./behaviour.js";
import { expectCarried, expectNothingLeft } from "./expected.js";
import { type Seen, whole } from "./whole.js";

const names = stacksOf("bookworm").map(([name]) => name);
let seen: Seen;
beforeAll(async () => {
  seen = await whole("bookworm", {
    further: [perftest("put_bw"), perftest("get"), legacy],
  });
}, 1_800_000);

describe.each(names)("%s", (name) => {
  behaves(name, () => seen);
});

it.each(["put_bw", "get"])("UCX's own benchmark: %s", (test) => {
  const trial = seen.of(`ucx: ${test}`);
  expect(trial).toMatchObject({ status: 0 });
  expectCarried(trial, 50 * 65536);
});

it("a client in the ways of old moves every byte, and leaves nothing", () => {
  const trial = seen.of("legacy");
  expect(trial).toMatchObject({ status: 0 });
  expect(parseTap(trial.output)).toMatchObject({ passed: 3, failed: 0 });
  expectCarried(trial, 16 << 20);
  expectNothingLeft(trial);
});

pageHolds("bookworm", () => seen);
