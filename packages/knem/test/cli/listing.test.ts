// SPDX-License-Identifier: BSD-3-Clause
import { expect, it } from "vitest";
import { commandOf, document, text } from "../../src/cli/commands/regions.js";
import { listing } from "../../src/cli/regions/listing.js";
import { System } from "../../src/cli/system.js";
import { valid } from "../schema.js";
import { machine } from "./machine.js";
import { statistics } from "./sample.js";

const lines = [
  " Debug: BuiltIn Disabled",
  " Pid 1234 (#7)",
  "  Region 00000001",
  "  Region 0000001f SingleUse",
  "  Listed 2 regions",
  " Pid 99 (#12)",
  "  Listed 0 regions",
  " Listed 2 pids (3 hidden)",
];
const names = (process: number) => (process === 1234 ? "mpi_rank" : null);

it("is read from the verbose statistics", () => {
  expect(listing(lines)).toEqual({
    contexts: [
      {
        process: 1234,
        context: 7,
        regions: [
          { number: 1, singleUse: false },
          { number: 31, singleUse: true },
        ],
      },
      { process: 99, context: 12, regions: [] },
    ],
    hidden: 3,
  });
  expect(listing([" Listed 0 pids"])).toEqual({ contexts: [], hidden: 0 });
  expect(listing(lines.slice(0, 1))).toBeUndefined();
});

it("is a document that its schema describes, also where there is nothing to tell", () => {
  const { activity } = statistics();
  valid("regions", JSON.stringify(document(listing(lines), activity, names)));
  valid("regions", JSON.stringify(document(undefined, undefined, names)));
});

it("is a table for people", () => {
  expect(text(listing(lines), statistics().activity, names).split("\n")).toEqual([
    "process  command   context  regions  of single use",
    "1234     mpi_rank  #7       2        1",
    "99       -         #12      0        0",
    "and 3 contexts of other users",
    "2 contexts, 3 regions, 12.0 MiB pinned",
  ]);
});

it("names processes without what a terminal obeys", () => {
  const system = new System(machine({ "/proc/17/comm": " \u001b[2Ja b\n", "/proc/18/comm": "\n" }));
  expect([17, 18, 19].map((process) => commandOf(system, process))).toEqual([" ?[2Ja b", "", null]);
});
