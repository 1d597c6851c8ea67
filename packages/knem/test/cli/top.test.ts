// SPDX-License-Identifier: BSD-3-Clause
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rates } from "../../src/cli/stats/sample.js";
import { System } from "../../src/cli/system.js";
import { processes } from "../../src/cli/top/processes.js";
import { screen, type View } from "../../src/cli/top/screen.js";
import { frame } from "../../src/cli/top/terminal.js";
import { shown } from "../terminal.js";
import { machine } from "./machine.js";
import { sizes, statistics } from "./sample.js";

const before = { at: 0, read: statistics() };
const copySizes = sizes({ 0: 2, 13: 1700, 15: 590, 21: 4 });
const after = { at: 1000, read: statistics({ bytesCall: 7 << 20, copySizes }, 2700) };
const view: View = {
  read: after.read,
  history: [rates(before, before), rates(before, after)],
  processes: [
    { pid: 1234, user: "alice", command: "mpi_rank", descriptors: 2, pinned: 8 << 20 },
    { pid: 17, user: "bob", command: "reader", descriptors: 1, pinned: 0 },
  ],
  partial: false,
  time: new Date(2026, 10, 24, 12, 34, 56),
};

describe("the screen", () => {
  it("shows all there is, as a terminal shows it", async () => {
    const { lines } = await shown(frame(screen(view, { columns: 80, rows: 20 })), 80, 20);
    expect(lines).toEqual([
      " KNEM 2.0.0                                                 12:34:56   q quits",
      "",
      "1.50k copies/s      4.00 MiB/s          0 failed/s          7.00 MiB in all",
      "2 contexts          3 regions           0 queued            12.0 MiB pinned",
      "",
      "throughput                                                █  4.00 MiB/s at most",
      "",
      "copies by size, of the last 2 intervals",
      " 4 KiB  1000  █████████████████████████████████████████████████████████████████",
      " 8 KiB     0",
      "16 KiB   500  ████████████████████████████████▌",
      "",
      "     PID  USER           PINNED   OPEN  COMMAND",
      "    1234  alice        8.00 MiB      2  mpi_rank",
      "      17  bob               0 B      1  reader",
      ...Array(5).fill(""),
    ]);
  });

  it("counts what was refused because busy among what failed", () => {
    const busy = { at: 1000, read: statistics({ failedBusy: 8 }) };
    const lines = screen({ ...view, history: [rates(before, busy)] }, { columns: 80, rows: 20 });
    expect(lines[2]).toContain("7 failed/s");
  });

  it("is never larger than the terminal", () => {
    for (const columns of [1, 20, 79, 300])
      for (const rows of [1, 2, 9, 12, 60]) {
        const lines = screen(view, { columns, rows });
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(line.length).toBeLessThan(Math.max(columns, 2));
      }
  });

  it("leaves nothing of a larger one behind", async () => {
    const [large, small] = [
      { columns: 80, rows: 20 },
      { columns: 80, rows: 5 },
    ];
    const told = frame(screen(view, large)) + frame(screen(view, small).slice(0, 2));
    const { lines } = await shown(told, 80, 20);
    expect(lines.slice(1).join("")).toBe("");
  });

  it("says what it does not know", () => {
    const { activity: _, ...older } = statistics();
    const lines = screen(
      { ...view, read: older, processes: [], history: [], partial: true },
      {
        columns: 100,
        rows: 30,
      },
    ).join("\n");
    expect(lines).toContain("this module does not tell");
    expect(lines).toContain("no process of this user has the device open");
    expect(lines).toContain("none");
  });
});

describe("processes", () => {
  it("are those that have the device open, the largest first", () => {
    const status = (pid: number, name: string, pinned: number) =>
      `Name:\t${name}\nPid:\t${pid}\nUid:\t4711\t4711\t4711\t4711\nVmPin:\t${pinned} kB\n`;
    const root = machine({
      "/proc/17/status": status(17, "small", 4),
      "/proc/18/status": status(18, "large", 2048),
      "/proc/19/status": status(19, "other", 4096),
    });
    const open = { 17: ["/dev/knem", "/dev/null"], 18: ["/dev/knem", "/dev/knem"], 19: ["/tmp/x"] };
    for (const [pid, targets] of Object.entries(open)) {
      mkdirSync(join(root, "proc", pid, "fd"));
      for (const [fd, target] of targets.entries())
        symlinkSync(target, join(root, "proc", pid, "fd", String(fd)));
    }
    expect(processes(new System(root), "/dev/knem")).toEqual([
      { pid: 18, user: "alice", command: "large", descriptors: 2, pinned: 2 << 20 },
      { pid: 17, user: "alice", command: "small", descriptors: 1, pinned: 4096 },
    ]);
  });

  it.each([
    ["mpi rank", "mpi rank"],
    ["", ""],
    ["\u001b[2J\u009b1mx\u007f", "?[2J?1mx?"],
    ["größe", "größe"],
    ["a\rPid:\t1", "a?Pid:?1"],
  ])("are told by name, %j without what a terminal obeys", (name, command) => {
    const root = machine({ "/proc/17/status": `Name:\t${name}\nUmask:\t0022\nPid:\t17\n` });
    mkdirSync(join(root, "proc", "17", "fd"));
    symlinkSync("/dev/knem", join(root, "proc", "17", "fd", "3"));
    expect(processes(new System(root), "/dev/knem")).toMatchObject([{ pid: 17, command }]);
  });
});
