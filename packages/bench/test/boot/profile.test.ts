// SPDX-License-Identifier: BSD-3-Clause
import { Progress, type Target, targets, Workshop } from "@knem/kernels";
import { beforeAll, expect, it } from "vitest";
import { measure } from "../../src/measure.js";
import { type Profiled, profiles } from "../../src/profile/measure.js";
import { type Profile, total } from "../../src/profile/profile.js";
import { byOwner, profileOf } from "../../src/profile/query.js";
import { parseSubject } from "../../src/profile/subject.js";
import { resultOf } from "../../src/query.js";

const names = ["get-info", "create-destroy:4KiB", "inline-copy:8", "vector-copy:64KiB"];
const [target] = targets as readonly [Target];
let workshop: Workshop;
let made: Profiled;

beforeAll(async () => {
  workshop = await Workshop.open(new Progress());
  const subjects = names.flatMap((name) => parseSubject(name) ?? []);
  made = await profiles(workshop, target, subjects);
});

const of = (name: string): Profile => {
  const subject = parseSubject(name);
  const found = subject && profileOf(made, subject);
  if (!found) throw new Error(`there is no profile of ${name}`);
  return found;
};

it.each(names)("%s: as many instructions are recorded as were counted", (name) => {
  expect(total(of(name))).toBe(of(name).counted);
});

it("tells the module's own from the kernel's", () => {
  const info = byOwner(of("get-info").functions);
  expect(info.module).toBeGreaterThan(30);
  expect(info["kernel entry"]).toBeGreaterThan(300);
  expect(info.kernel + info["page pinning"]).toBeLessThan(100);
  const life = byOwner(of("create-destroy:4KiB").functions);
  expect(life["page pinning"]).toBeGreaterThan(300);
  expect(life.allocation).toBeGreaterThan(100);
  // Of 64 KiB, 8192 instructions are the copying itself.
  expect(byOwner(of("vector-copy:64KiB").functions).copying).toBeGreaterThan(8192);
  const [{ name } = { name: "" }] = of("inline-copy:8").functions.filter(
    ({ owner }) => owner === "module",
  );
  expect(name, "Rust's names can be read").toMatch(/^[<a-z].*::/);
});

it("finds that a synchronous copy of at most eight segments allocates nothing, and a region does", () => {
  expect(of("create-destroy:4KiB").allocations).toBeGreaterThan(0);
  expect(of("inline-copy:8").allocations).toBe(0);
  expect(of("vector-copy:64KiB").allocations).toBe(0);
});

it("agrees with what the benchmarks count", async () => {
  const line = ["--instructions", "--sizes", "8", "--methods", "inline-copy", "--repeat", "7"];
  const run = { bed: "qemu", counted: true, timeLimit: 150, lines: [line] } as const;
  const figures = await measure(workshop, target, [run]);
  const copy = resultOf(figures, { bed: "qemu", method: "inline-copy", bytes: 8 });
  const difference = (copy?.instructions ?? 0) - total(of("inline-copy:8"));
  expect(Math.abs(difference)).toBeLessThanOrEqual(8);
});
