// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { numeric, page } from "../src/index.js";

const sheet = (title: string) => ({ title, header: ["name", "µs"], rows: [["a", "1.5"]] });
const plot = {
  title: "A < B",
  values: "times",
  series: [{ name: "one", colour: 0, points: [[1024, 1] as const, [4096, 2] as const] }],
};
const few = { title: "Figures", note: "from here", plots: [plot], sheets: [sheet("Copies")] };

describe("a page", () => {
  it("has its words outside of its plots, where they are broken into lines", () => {
    const made = page(few);
    expect(made).toContain("<figcaption><strong>A &lt; B</strong><span>times</span></figcaption>");
    expect(made).toMatch(/<ul class="key"><li class="hue0"><svg [\s\S]*<\/svg>one<\/li><\/ul>/);
    expect(made).not.toContain("<nav");
  });

  it("lists its sections where there are many, and each entry leads to one", () => {
    const sheets = ["Copies", "Calls", "Overlap"].map(sheet);
    const folders = [{ title: "Functions", sheets: [sheet("get-info")] }];
    const made = page({ ...few, sheets, folders });
    const targets = [...made.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(targets).toHaveLength(5);
    for (const id of targets) expect(made.split(`id="${id}"`)).toHaveLength(2);
    expect(made).toContain("<details><summary>get-info</summary>");
  });

  it("leaves out what has nothing to show", () => {
    const made = page({ ...few, plots: [], folders: [{ title: "Functions", sheets: [] }] });
    expect(made).not.toMatch(/<svg|Functions|<details/);
  });

  it("says what it comes to, if that is known", () => {
    const made = page({ ...few, lead: "2 of 3" });
    expect(made).toContain('<p class="lead">2 of 3</p>');
    expect(made).toContain('<meta name="description" content="2 of 3">');
  });

  it("escapes whatever it is told", () => {
    const header = ['<b>"&'];
    const made = page({
      ...few,
      title: "<b>",
      sheets: [{ title: '"<b>', header, rows: [header] }],
    });
    expect(made).not.toContain("<b>");
    expect(made).toContain('aria-label="&quot;&lt;b&gt;"');
  });
});

describe("a table", () => {
  it("breaks long words into lines rather than being wider than the screen", () => {
    const header = ["what", "process_vm_readv"];
    const rows = [["create and destroy a region of one page", "1"]];
    const made = page({ ...few, sheets: [{ title: "Calls", header, rows }] });
    expect(made).toContain('<td class="words">create and destroy');
    expect(made).toContain("process_<wbr>vm_<wbr>readv</th>");
  });

  it("can be moved without a pointer, and says what it is", () => {
    expect(page(few)).toContain(
      '<div class="wide" role="region" aria-label="Copies" tabindex="0"><table>',
    );
  });
});

describe("columns", () => {
  it("are of numbers where every cell that says something is one", () => {
    const rows = [
      ["1 MiB", "1.50", "≤ 600", "1–3", "-", "80 %", ""],
      ["4 MiB", "-", "≥ 1.15", "≈ 1725", "2", "8 %", ""],
    ];
    const header = ["size", "µs", "goal", "before", "others", "share", "nothing"];
    expect(numeric({ title: "", header, rows })).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
      false,
    ]);
  });
});
