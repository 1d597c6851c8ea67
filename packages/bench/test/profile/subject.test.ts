// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { instructionGoals } from "../../src/goals.js";
import {
  parseSubject,
  subjectName,
  subjectText,
  usualSubjects,
} from "../../src/profile/subject.js";

describe("parseSubject", () => {
  it.each([
    ["get-info", "get-info", "get-info"],
    ["create:4KiB", "create:4096", "create, 4 KiB"],
    ["create-destroy:2MiB:huge", "create-destroy:2097152:huge", "create-destroy, 2 MiB, huge"],
    ["process_vm_readv:8", "process_vm_readv:8", "process_vm_readv, 8 B"],
  ])("reads %s", (text, canonical, name) => {
    const subject = parseSubject(text);
    if (!subject) throw new Error("it is none");
    expect(subjectText(subject)).toBe(canonical);
    expect(subjectName(subject)).toBe(name);
    expect(parseSubject(canonical)).toEqual(subject);
  });

  it.each([
    ...["", "mkdir:8", "create", "get-info:8", "create:0", "create:8KB", "create:8:small"],
    "shm-double-copy:8",
  ])("refuses %j", (text) => {
    expect(parseSubject(text)).toBeUndefined();
  });
});

it("looks at everything that goals are set for", () => {
  const names = usualSubjects.map(subjectName);
  const calls = instructionGoals.flatMap(({ seen }) =>
    seen?.includes("every") ? [] : (seen ?? []),
  );
  expect(calls).toHaveLength(5);
  expect(names).toEqual(expect.arrayContaining(calls));
});
