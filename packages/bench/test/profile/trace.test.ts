// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { calls, callsIn, undisturbed } from "../../src/profile/trace.js";
import { line, marks, place, recorded } from "./recorded.js";

describe("calls", () => {
  it("finds a call that QEMU recorded, from the one mark to the other", async () => {
    const [path = [], ...others] = await calls(recorded("get-info.trace"), marks);
    expect(others).toEqual([]);
    expect(path).toHaveLength(672 + 7);
    expect(path[0]).toBe(marks.begin);
    expect(path).not.toContain(marks.end);
    expect(path.filter((address) => address.startsWith("ffffffffc0"))).toHaveLength(80);
  });
});

describe("callsIn", () => {
  const [a, b] = [place(1), place(2)];
  const { begin, end } = marks;
  const found = (...lines: readonly string[]) => callsIn(lines, marks);

  it("leaves out what lies around calls and calls that are not whole", async () => {
    const addresses = [a, end, begin, a, b, end, a, begin, b, begin, a, end, begin, a];
    expect(await found(...addresses.map(line))).toEqual([
      [begin, a, b],
      [begin, a],
    ]);
  });

  it.each([
    `Stopped execution of TB chain before 0x7f91647b6d00 [${a}] `,
    `cpu_io_recompile: rewound execution of TB to ${a}`,
  ])("counts an instruction once that was put off: %s", async (other) => {
    const lines = [line(begin), line(a), other, line(b), line(a), line(end)];
    expect(await found(...lines)).toEqual([[begin, b, a]]);
  });

  it("does not mind other lines", async () => {
    expect(await found(line(begin), "", "Servicing hardware INT=0xec", line(end))).toEqual([
      [begin],
    ]);
  });
});

describe("undisturbed", () => {
  it("takes all of the shortest", () => {
    const paths = [["1", "2"], ["1"], ["1", "2", "3"], ["4"]];
    expect(undisturbed(paths)).toEqual([["1"], ["4"]]);
    expect(undisturbed([])).toEqual([]);
  });
});
