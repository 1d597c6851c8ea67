// SPDX-License-Identifier: BSD-3-Clause
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatDocument, parseDocument } from "../../src/document.js";
import { withProfiles } from "../../src/profile/measure.js";
import { pageCosts } from "../../src/profile/query.js";
import { Recorder } from "../../src/profile/record.js";
import { functionSheets, ownerSheet } from "../../src/profile/sheets.js";
import { text } from "../../src/text.js";
import { cost, document, profile } from "../sample.js";
import { line, marks, place, recorded } from "./recorded.js";

describe("a profile", () => {
  const one = profile({});

  it("is read as it was written", () => {
    const whole = { ...document([], [cost({})]), profiles: [one, profile({ call: "create" })] };
    expect(parseDocument(formatDocument(whole))).toEqual(whole);
  });

  it("is absent from older documents", () => {
    const { profiles: _, ...old } = document();
    expect(parseDocument(JSON.stringify(old)).profiles).toEqual([]);
  });

  it.each([
    [{ counted: 99 }, "profiles[0].functions must be of 99 instructions together; it is 100"],
    [{ counted: 101 }, "profiles[0].functions"],
    [{ call: "mkdir" }, "profiles[0].call"],
    [{ functions: [{ ...one.functions[0], owner: "nobody" }] }, "profiles[0].functions[0].owner"],
  ])("is refused when it lies: %j", (lie, place) => {
    const text = JSON.stringify({ ...document(), profiles: [{ ...one, ...lie }] });
    expect(() => parseDocument(text)).toThrow(
      expect.objectContaining({ why: expect.stringContaining(place) }),
    );
  });
});

describe("a recorder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "knem-profile-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const label = (counted: number) => `get-info ${marks.begin} ${marks.end} ${counted} 7`;
  const traced = async (text: string, counted = 672) => {
    await writeFile(join(folder, "trace"), text);
    const recorder = new Recorder();
    await recorder.take(label(counted), join(folder, "trace"));
    return recorder.profiles(await readFile(recorded("get-info.kallsyms"), "utf8"));
  };
  const once = () => readFile(recorded("get-info.trace"), "utf8");

  it("makes a profile of calls that are alike, less what the clock itself takes", async () => {
    const text = await once();
    const disturbed = text.replace(/^Trace.*ffffffffb5bd62d0.*$/m, `$&\n${line(place(0))}`);
    expect(disturbed).not.toBe(text);
    const [made, ...others] = await traced(text + disturbed + text);
    expect(others).toEqual([]);
    expect(made).toMatchObject({ call: "get-info", bytes: 0, counted: 672, allocations: 0 });
    const own = made?.functions.find(({ owner }) => owner === "user space");
    expect(own?.instructions).toBe(16 - 7);
  });

  it.each([
    ["hardly a whole call is in it", async () => once()],
    [
      "its shortest calls are not alike",
      async () =>
        (await once()) + (await once()).replace(/^Trace.*ffffffffb5bd62d0.*$/m, line(place(0))),
    ],
  ])("refuses a trace: %s", async (why, text) => {
    await expect(traced(await text())).rejects.toThrow(
      expect.objectContaining({ code: "BENCH_TRACE_INVALID", why: expect.stringContaining(why) }),
    );
  });

  it("refuses a trace that is not of as many instructions as were counted", async () => {
    const text = await once();
    await expect(traced(text + text, 671)).rejects.toThrow(
      expect.objectContaining({
        why: expect.stringContaining("672 instructions were recorded, 671 counted"),
      }),
    );
  });
});

describe("withProfiles", () => {
  it("puts profiles to figures of the same kernel alone", () => {
    const profiles = [profile({})];
    expect(withProfiles(document(), { release: "7", profiles })).toMatchObject({ profiles });
    expect(() => withProfiles(document(), { release: "8", profiles })).toThrow(
      expect.objectContaining({ code: "BENCH_KERNELS_DIFFER" }),
    );
  });
});

describe("sheets", () => {
  const copy = (bytes: number, copying: number, module: number) =>
    profile({
      call: "inline-copy",
      bytes,
      functions: [
        { name: "rep_movs", owner: "copying", calls: bytes / 4096, instructions: copying },
        { name: "walk", owner: "module", calls: 1, instructions: module },
      ],
    });
  // 240 pages lie between the two: each takes 512 for its bytes, 18 for calling, and 70 of the module's.
  const profiles = [
    profile({}),
    copy(1 << 16, 1000, 500),
    copy(1 << 20, 1000 + 240 * 530, 500 + 240 * 70),
  ];
  const figures = { ...document(), profiles };

  it("tell what is the module's and what would be left without it", () => {
    const { header, rows } = ownerSheet(figures);
    expect(header.slice(0, 5)).toEqual(["call", "goal", "all", "module", "the rest"]);
    expect(rows[0]?.slice(0, 5)).toEqual(["get-info", "≤ 600", "100", "30", "70"]);
    const page = rows.find(([name]) => name === "inline-copy, every 4 KiB more, small");
    expect(page?.slice(1, 5)).toEqual(["≤ 140", "88", "70", "18"]);
  });

  it("tell of every function that counts, the rest in one line", () => {
    const [info, page] = functionSheets(figures, false);
    expect(info?.title).toBe("get-info: 100 instructions");
    expect(info?.rows).toEqual([
      ["do_syscall_64", "kernel entry", "1", "69.5", "69.5 %"],
      ["ioctl", "module", "1", "30", "30.0 %"],
      ["1 other", "", "", "0.5", "0.5 %"],
    ]);
    expect(page?.title).toBe("inline-copy, every 4 KiB more, small: 88 instructions");
    const all = functionSheets(figures, true);
    expect(all).toHaveLength(4);
    expect(all[0]?.rows.at(-1)).toEqual(["user space", "", "", "0.5", "0.5 %"]);
  });

  it("are shown in full where there is nothing else", () => {
    expect(text(figures)).toMatch(/^user space +0\.5/m);
    expect(text({ ...figures, calls: [cost({})] })).toMatch(/^1 other +0\.5/m);
  });

  it("have nothing to say of pages where one of the sizes is missing", () => {
    expect(pageCosts({ profiles: profiles.slice(0, 2) }, "inline-copy", "small")).toBeUndefined();
  });
});
