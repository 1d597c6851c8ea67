// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  clearStatistics,
  Device,
  flagNames,
  KnemError,
  render,
  statistics,
} from "../../src/index.js";
import { native } from "../../src/native.js";
import { folder } from "../package.js";

function thrown(call: () => unknown): KnemError {
  try {
    call();
  } catch (error) {
    if (error instanceof KnemError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("the binding", () => {
  it("exports what its types declare", () => {
    const declared = readFileSync(join(folder, "src", "binding.d.ts"), "utf8").matchAll(
      /^export declare (?:class|const|function) (\w+)/gm,
    );
    const names = [...declared].map(([, name]) => name).sort();
    expect(names.length).toBeGreaterThan(0);
    expect(Object.keys(native()).sort()).toEqual(names);
  });
});

describe("errors", () => {
  it.each([
    ["Device", () => new Device("/nowhere/knem")],
    ["statistics", () => statistics("/nowhere/knem")],
    ["clearStatistics", () => clearStatistics("/nowhere/knem")],
  ])("%s says that there is no device", (_, call) => {
    const error = thrown(call);
    expect(error.code).toBe("KNEM_NO_DEVICE");
    expect(error.what).toBe("cannot open /nowhere/knem");
    expect(error.why).not.toBe("");
    expect(error.remedy).not.toContain("\n");
    expect(render(error)).toContain("what to do: ");
  });

  it("tells a wrong argument", () => {
    expect(thrown(() => Reflect.construct(Device, [17])).code).toBe("KNEM_BAD_ARGUMENT");
  });

  it("tells another device", () => {
    expect(thrown(() => new Device("/dev/null")).code).toBe("KNEM_NOT_KNEM");
  });
});

describe("flagNames", () => {
  it("names what it knows and keeps what it does not", () => {
    expect(flagNames(0x30)).toEqual(["PINLOCAL", "SINGLEUSE"]);
    expect(flagNames(0x101)).toEqual(["DMA", "0x100"]);
    expect(flagNames(0)).toEqual([]);
  });
});
