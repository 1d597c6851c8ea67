// SPDX-License-Identifier: BSD-3-Clause
import { parseTap } from "@knem/guest";
import { beforeAll, describe, expect, it } from "vitest";
import { hpcc, legacy, netpipe, perftest, stacksOf } from "../../src/index.js";
import { behaves, pageHolds } from "./behaviour.js";
import { expectCarried, expectNothingLeft } from "./expected.js";
import { type Seen, whole } from "./whole.js";

const names = stacksOf("bookworm").map(([name]) => name);
let seen: Seen;
beforeAll(async () => {
  seen = await whole("bookworm", {
    further: [
      perftest("put_bw"),
      perftest("get"),
      legacy,
      ...[netpipe("mpich-ucx-get"), netpipe("openmpi4-vader"), netpipe("openmpi4-ucx")],
      hpcc("openmpi4-vader"),
    ],
  });
}, 1_800_000);

describe.each(names)("%s", (name) => {
  behaves(name, () => seen);
});

describe("programs of others", () => {
  it.each(["put_bw", "get"])("UCX's own benchmark: %s", (test) => {
    const trial = seen.of(`ucx: ${test}`);
    expect(trial).toMatchObject({ status: 0 });
    expectCarried(trial, 50 * 65536);
  });

  it.each(["mpich-ucx-get", "openmpi4-vader", "openmpi4-ucx"])("NetPIPE on %s", (name) => {
    const trial = seen.of(`${name}: NetPIPE`);
    expect(trial).toMatchObject({ status: 0 });
    expect(trial.output).toMatch(/1048577 bytes .* Integrity check passed/);
    expect(trial.output).not.toContain("Integrity check failed");
    expectCarried(trial, 8 << 20);
  });

  it("HPC Challenge on openmpi4-vader", () => {
    const trial = seen.of("openmpi4-vader: hpcc");
    expect(trial.output).toContain("PASSED");
    expect(trial.output).not.toMatch(/FAILED|Success=0/);
    expectCarried(trial, 1 << 20);
  });
});

it("a client in the ways of old moves every byte, and leaves nothing", () => {
  const trial = seen.of("legacy");
  expect(trial).toMatchObject({ status: 0 });
  expect(parseTap(trial.output)).toMatchObject({ passed: 3, failed: 0 });
  expectCarried(trial, 16 << 20);
  expectNothingLeft(trial);
});

pageHolds("bookworm", () => seen);
