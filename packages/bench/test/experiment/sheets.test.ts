// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { documentation } from "../../src/docs.js";
import { experiments } from "../../src/experiment/experiment.js";
import { experimentRuns, quickExperimentRuns } from "../../src/experiment/runs.js";
import { settingsOf } from "../../src/experiment/setting.js";
import { experimentSheet, verdictSheet } from "../../src/experiment/sheets.js";
import { html } from "../../src/html.js";
import { text } from "../../src/text.js";
import { document } from "../sample.js";
import { times, trial } from "./trial.js";

const figures = {
  ...document(),
  experiments: [times(0.9), times(1.2, { bytes: 64 << 20 }), times(1.1, { what: "woken" })],
};

describe("experimentSheet", () => {
  it("has a row for each setting and a column for each size", () => {
    const { header, rows } = experimentSheet(figures, "split");
    expect(header).toEqual(["what", "bed", "stands for", "1 MiB", "64 MiB", "decides"]);
    expect(rows).toEqual([
      ["a second thread is woken up", "host", "hardware, a CPU idle", "1.10", "", "yes"],
      ["every CPU has a copy of its own", "host", "hardware, all in use", "0.90", "1.20", "yes"],
    ]);
  });

  it("is shown wherever figures are", () => {
    expect(verdictSheet(figures).rows.map((row) => row.at(-1))).toEqual(["no"]);
    expect(text(figures)).toContain("every CPU has a copy of its own");
    expect(html(figures)).toContain("every CPU has a copy of its own");
    const page = documentation(figures).get("docs/performance.md");
    expect(page).toContain("## What was tried");
    expect(page).toContain("**Not kept.** Where hardware is stood for, it is only 0.90 times");
    expect(documentation(document()).get("docs/performance.md")).not.toContain("was tried");
  });
});

it("tells how much more two do than one", () => {
  const reference = { experiment: "references", bytes: 0, unit: "references/s" } as const;
  const [one, two] = [
    trial({ ...reference, what: "1-thread", without: 100, with: 100 }),
    trial({ ...reference, what: "2-threads", without: 50, with: 195 }),
  ];
  const page = documentation({ ...document(), experiments: [one, two] });
  expect(page.get("docs/performance.md")).toContain(
    "Two threads do 1.95 times what one does where each has a count of its own, and 0.50 times with one count.",
  );
});

describe("settings", () => {
  it("decide something of every experiment, and never in emulation", () => {
    for (const name of experiments) {
      const settings = settingsOf(name);
      expect(settings.some(({ decides }) => decides)).toBe(true);
      const emulated = settings.filter(({ stands }) => stands === "emulation");
      expect(emulated.some(({ decides }) => decides)).toBe(false);
    }
  });

  it("are what knem-bench calls them", async () => {
    const source = (file: string) =>
      readFile(
        fileURLToPath(
          new URL(`../../../../crates/knem-bench/src/experiment/${file}.rs`, import.meta.url),
        ),
        "utf8",
      );
    const files = ["split", "crowd", "thread", "streaming", "overlap", "pinning", "prefault"];
    const all = await Promise.all([...files, "references", "stripes"].map(source));
    for (const { what } of experiments.flatMap(settingsOf))
      expect(all.some((one) => one.includes(`"${what}"`))).toBe(true);
  });
});

describe("runs", () => {
  const names = (runs: ReturnType<typeof experimentRuns>) =>
    new Set(runs.flatMap(({ lines }) => lines.flatMap((line) => line[1]?.split(",") ?? [])));

  it("are of everything, also the quick ones", () => {
    const all = names(experimentRuns(["uml", "qemu"]));
    expect(all.size).toBe(9);
    expect(names(quickExperimentRuns(["qemu"]))).toEqual(all);
  });

  it("count where instructions are", () => {
    for (const { counted, lines } of experimentRuns(["uml", "qemu"]))
      for (const line of lines) expect(line.includes("--instructions")).toBe(counted);
  });
});
