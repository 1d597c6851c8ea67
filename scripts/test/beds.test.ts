// SPDX-License-Identifier: BSD-3-Clause
import { readdir } from "node:fs/promises";
import { type Target, targets } from "@knem/kernels";
import { describe, expect, test } from "vitest";
import {
  bedName,
  bedsOf,
  bedsWith,
  debugBeds,
  furtherOf,
  isUml,
  machineArgument,
  machineOf,
  suits,
  umlBeds,
  variantOf,
} from "../beds.js";
import { dma, dmaFaults } from "../parts.js";

const target = (arch: string): Target => ({
  ...{ suite: "sid", series: "7.3", toolchain: "sid" },
  ...{ arch, flavour: arch },
});
const [amd64, arm64] = [target("amd64"), target("arm64")];

test("a kernel has the usual machine, and the further ones of its architecture", () => {
  expect(bedsOf([amd64, arm64])).toEqual([
    { target: amd64 },
    { target: arm64 },
    { target: arm64, machine: "versal" },
  ]);
});

test("only a further machine is given what it needs besides", () => {
  expect(furtherOf("versal")).toMatchObject({ drivers: ["zynqmp_dma"] });
  expect(furtherOf()).toBeUndefined();
  expect(furtherOf("q35")).toBeUndefined();
});

test("User Mode Linux is there once, for the machine's own architecture", () => {
  const second = { ...amd64, flavour: "rt-amd64" };
  expect(umlBeds([arm64, amd64, second])).toEqual([
    { target: amd64, machine: "uml", softwareDma: true },
  ]);
  expect(umlBeds([arm64])).toEqual([]);
});

test("kernels that look for faults are variants, and have no machine of their own", () => {
  const beds = debugBeds([arm64, amd64]);
  expect(beds.map(variantOf)).toEqual(["debug", "uml-debug"]);
  expect(beds.map(machineOf)).toEqual([undefined, undefined]);
  expect(beds.map(isUml)).toEqual([false, true]);
  const versal = { target: arm64, machine: "versal" } as const;
  expect([variantOf(versal), machineOf(versal)]).toEqual([undefined, "versal"]);
});

test("no two beds of the table have one name", () => {
  const names = bedsOf(targets).map((bed) => bedName(bed));
  expect(new Set(names).size).toBe(names.length);
  expect(bedName({ target: arm64, machine: "versal" }, "7.3.4-arm64")).toBe(
    "7.3.4-arm64 on versal",
  );
});

describe("what a bed is tested for", () => {
  const software = { target: amd64, softwareDma: true };
  test("DMA where there is an engine, its faults where it obeys", () => {
    const versal = { target: arm64, machine: "versal" } as const;
    for (const program of dma)
      expect([{ target: amd64 }, versal, software].map((bed) => suits(bed, program))).toEqual([
        ...[false, true, true],
      ]);
    for (const program of dmaFaults)
      expect([{ target: amd64 }, versal, software].map((bed) => suits(bed, program))).toEqual([
        ...[false, false, true],
      ]);
    expect(suits({ target: amd64 }, "info")).toBe(true);
  });

  test("in User Mode Linux DMA and its faults alone", () => {
    for (const bed of umlBeds([amd64]))
      for (const program of [...dma, ...dmaFaults, "info", "huge_pages", "race_mix"])
        expect([program, suits(bed, program)]).toEqual([program, /dma_/.test(program)]);
  });

  test("on kernels that look for faults everything, and where they commit some, that too", () => {
    const beds = debugBeds([amd64]);
    for (const program of [
      ...["dma_copy", "softdma_faults", "info", "huge_pages", "race_mix"],
      ...["module_unload", "dma_driver", "dirtied", "kill_in_copy"],
    ])
      expect(beds.map((bed) => suits(bed, program))).toEqual([true, true]);
    // Speed is not theirs.
    expect(beds.map((bed) => suits(bed, "softdma_overlap"))).toEqual([false, false]);
    for (const program of ["fault_sweep", "memory_swapped"])
      expect([{ target: amd64 }, ...debugBeds([amd64])].map((bed) => suits(bed, program))).toEqual([
        ...[false, true, false],
      ]);
  });

  test("every program about DMA is in one of the lists", async () => {
    const folder = new URL("../../crates/knem-check/src/bin/", import.meta.url);
    const names = (await readdir(folder)).map((file) => file.replace(/\.rs$/, ""));
    const about = names.filter((name) => /^(soft)?dma_/.test(name)).sort();
    expect(about).toEqual([...dma, ...dmaFaults].sort());
  });

  test("with an engine made of software it has another name", () => {
    expect(bedName(software, "7.3.4-amd64")).toBe("7.3.4-amd64 with DMA");
  });
});

describe("--machine", () => {
  test.each([
    [["--arch", "arm64"], { rest: ["--arch", "arm64"] }],
    [["--machine", "versal"], { machine: "versal", rest: [] }],
    [
      ["--arch", "arm64", "--machine=versal", "--kernel", "7.3"],
      { machine: "versal", rest: ["--arch", "arm64", "--kernel", "7.3"] },
    ],
    // For the one who reads the rest to refuse.
    [["--machine"], { rest: ["--machine"] }],
  ])("%j", (args, expected) => {
    expect(machineArgument(args)).toEqual(expected);
  });

  test("leaves the beds that have it", () => {
    const beds = bedsOf([amd64, arm64]);
    expect(bedsWith("versal", beds)).toEqual([{ target: arm64, machine: "versal" }]);
    expect(bedsWith(undefined, beds)).toEqual(beds);
  });

  test("leaves what there is only by name, if it is named", () => {
    const uml = umlBeds([amd64]);
    expect(bedsWith("uml", bedsOf([amd64, arm64]), uml)).toEqual(uml);
    expect(bedsWith(undefined, bedsOf([amd64]), uml)).toEqual(bedsOf([amd64]));
  });

  test("that no bed has is refused, with what there is", () => {
    const refused = (why: string) =>
      expect.objectContaining({ code: "NO_MACHINE", why: expect.stringContaining(why) });
    expect(() => bedsWith("vax", bedsOf([arm64]))).toThrow(refused("versal"));
    expect(() => bedsWith("vax", bedsOf([amd64]), umlBeds([amd64]))).toThrow(refused("uml"));
    expect(() => bedsWith("versal", bedsOf([amd64]))).toThrow(refused("usual"));
  });
});
