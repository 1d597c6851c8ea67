// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { documentation, pointsOf, SPEEDS, type SpeedDocument } from "../src/index.js";

const points = (nanoseconds: number) =>
  [1024, 4096, 1 << 20].map((bytes) => ({ bytes, nanoseconds: bytes * nanoseconds }));

const document: SpeedDocument = {
  kernel: "7.3.4",
  speeds: [{ stack: "openmpi5-smsc", knem: points(1), without: points(2) }],
};

describe("the page of the MPI libraries' speed", () => {
  const files = documentation(document);

  it("shows every size, with KNEM and without, and what is gained", () => {
    const page = files.get("docs/mpi-performance.md") ?? "";
    expect(page).toContain("**Open MPI 5 over smsc/knem**");
    expect(page).toContain("| 1 MiB | 1048.6 | 2097.2 | 2.00 |");
  });

  it("says that its figures are an emulator's, and of which kernel", () => {
    const page = files.get("docs/mpi-performance.md") ?? "";
    expect(page).toContain("These are figures of an emulator");
    expect(page).toContain("`7.3.4`");
  });

  it("has a plot of bandwidth, and one of the latency of what is small", () => {
    expect(files.get("docs/performance/mpi-bandwidth.svg")).toContain("1 MiB");
    expect(files.get("docs/performance/mpi-latency.svg")).not.toContain("1 MiB");
  });
});

it("the committed page is made from the committed figures", () => {
  const read = (path: string) =>
    readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), "utf8");
  for (const [path, content] of documentation(JSON.parse(read(SPEEDS))))
    expect(read(path), path).toBe(content);
});

it("the lines of pingpong are told apart from what else is said", () => {
  expect(pointsOf("a warning\n1024 900\nx 1 2\n4096 1200\n")).toEqual([
    { bytes: 1024, nanoseconds: 900 },
    { bytes: 4096, nanoseconds: 1200 },
  ]);
});
