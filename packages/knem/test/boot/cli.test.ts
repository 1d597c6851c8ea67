// SPDX-License-Identifier: BSD-3-Clause
import { beforeAll, describe, expect, it } from "vitest";
import { KNEM } from "../../../../scripts/outfit.js";
import type { Rates } from "../../src/cli/stats/sample.js";
import { valid } from "../schema.js";
import { shown } from "../terminal.js";
import { inGuest, type Left, OUT } from "./guest.js";

/** The built command on a stock kernel with the real module; one boot for all of it. */
let left: (name: string) => Left;
beforeAll(async () => {
  left = await inGuest({
    fresh: "knem stats --json",
    info: "knem info --json",
    infoText: "knem info",
    doctor: "knem doctor; true",
    params: "knem params --json",
    unlisted: "knem regions",
    set: "knem params statsverbose=1",
    refused: "knem params memlock=never",
    start: "copier",
    regions: "knem regions",
    regionsJson: "knem regions --json",
    alice: `chmod 0666 /dev/knem; su alice -c 'node ${KNEM} regions'`,
    aliceResets: `su alice -c 'node ${KNEM} stats --reset'`,
    stats: "knem stats",
    statsJson: "knem stats --json",
    watchJson: "knem stats --watch --json --interval 0.5 --count 2",
    prometheus:
      "knem stats --prometheus /tmp/knem.prom && cat /tmp/knem.prom && ls /tmp/knem.prom*",
    top: `terminal 80 24 'node ${KNEM} top --interval 1 --count 3'`,
    quits: `when 'q quits' ${OUT}/quits.out 'printf q >/tmp/keys' &
      terminal 80 24 'node ${KNEM} top --interval 30; echo status $?; stty'`,
    resized: `when 'q quits' ${OUT}/resized.out 'stty -F /dev/pts/0 cols 120 rows 10; sleep 2; printf q >/tmp/keys' &
      terminal 80 24 'node ${KNEM} top --interval 30'`,
    ended: `when 'q quits' ${OUT}/ended.out 'terminate "top --interval 31"' &
      terminal 80 24 'node ${KNEM} top --interval 31; echo status $?'`,
    stop: "kill $(cat /tmp/copier); while [ -e /proc/$(cat /tmp/copier) ]; do sleep 0.1; done",
    reset: "knem stats --reset && knem stats --json",
    gone: "rmmod knem; knem stats",
    goneDoctor: "knem doctor",
  });
}, 1_000_000);

describe("with the module", () => {
  it("all is told in JSON as the schemas say", () => {
    expect(valid("stats", left("fresh").stdout)).toMatchObject({ activity: { regions: 0 } });
    expect(valid("info", left("info").stdout)).toMatchObject({ abi: 13, problem: null });
    expect(valid("params", left("params").stdout)).toMatchObject({ loaded: true });
    expect(valid("regions", left("regionsJson").stdout)).toMatchObject({ hidden: 0 });
    valid("stats", left("statsJson").stdout);
  });

  it("the parameters are those that the module has, with the defaults that it has", () => {
    const { parameters } = JSON.parse(left("params").stdout);
    for (const { name, value, default: usual } of parameters)
      expect([name, value]).toEqual([name, usual]);
  });

  it("info and doctor say that it can be used", () => {
    expect(left("infoText").stdout).toMatch(/^Features +0x[0-9a-f]+ \(.*STATISTICS\)$/m);
    expect(left("infoText").stdout).toMatch(/^Parameters +as they come$/m);
    const { status, stdout } = left("doctor");
    expect(stdout).toMatch(/^✓ module +knem 2\.0\.0 is loaded$/m);
    expect(stdout).toMatch(/^✓ ABI +0xd, as programs expect it$/m);
    expect(stdout).not.toContain("✗");
    expect(status).toBe(0);
  });

  it("parameters are set, and refused in the module's name", () => {
    expect(left("set").stdout).toMatch(/^statsverbose +1 +0 +any time/m);
    expect(left("refused")).toMatchObject({ status: 1 });
    expect(left("refused").stderr).toContain('the module does not take "never"');
  });

  it("regions are listed when the module lists them, to those who may see them", () => {
    expect(left("unlisted")).toMatchObject({ status: 1 });
    expect(left("unlisted").stderr).toContain("knem params statsverbose=1");
    expect(left("regions").stdout).toMatch(/^\d+ +node +#\d+ +2 +1$/m);
    expect(left("regions").stdout).toMatch(/^1 context, 2 regions, 4\.\d\d MiB pinned$/m);
    expect(left("alice").stdout).toContain("and 1 context of other users");
  });

  it("statistics tell of copies and their sizes", () => {
    expect(left("stats").stdout).toMatch(/^ *64 KiB +\d+ +█+$/m);
    expect(left("stats").stdout).toMatch(/^Copied in calls +[\d.]+ [KMG]iB$/m);
  });

  it("rates are what the copier does", () => {
    const lines = left("watchJson").stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const { bytes, counters, now } = valid("stats-watch", line) as Rates & { now: unknown };
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeCloseTo((counters["processedTotal"] ?? 0) * 65536, -6);
      expect(now).toMatchObject({ contexts: 1, regions: 2 });
    }
  });

  it("Prometheus's file is whole and alone", () => {
    const { stdout } = left("prometheus");
    expect(stdout).toMatch(/^knem_up 1$/m);
    expect(stdout).toMatch(/^knem_bytes_total\{path="call"\} [1-9]\d*$/m);
    expect(stdout.split("\n").filter((line) => line.startsWith("/tmp"))).toEqual([
      "/tmp/knem.prom",
    ]);
  });

  it("only root clears the statistics", () => {
    expect(left("aliceResets")).toMatchObject({ status: 4 });
    expect(valid("stats", left("reset").stdout)).toMatchObject({
      counters: { submitted: 0, processedTotal: 0 },
    });
  });
});

describe("top in a terminal", () => {
  const LEAVE = "\u001b[?1049l";
  /** What was on the screen before the terminal was given back. */
  const last = (name: string) => left(name).stdout.split(LEAVE)[0] ?? "";

  it("shows what the module does, and who has memory pinned", async () => {
    const { lines, alternate } = await shown(last("top"), 80, 24);
    expect(alternate).toBe(true);
    expect(lines[0]).toMatch(/^ KNEM 2\.0\.0 +\d\d:\d\d:\d\d {3}q quits$/);
    expect(lines[2]).toMatch(
      /^[\d.]+k? copies\/s +[\d.]+ [KMG]iB\/s +0 failed\/s +[\d.]+ \wiB in all$/,
    );
    expect(lines[3]).toMatch(/^1 context +2 regions +0 queued +4\.\d\d MiB pinned$/);
    expect(lines[5]).toMatch(/^throughput .*[▁▂▃▄▅▆▇█]{2} .*\/s at most$/);
    expect(lines[7]).toBe("copies by size, of the last 3 intervals");
    expect(lines[8]).toMatch(/^64 KiB +\d+ {2}█+$/);
    expect(lines[10]).toBe("     PID  USER           PINNED   OPEN  COMMAND");
    expect(lines[11]).toMatch(/^ +\d+ {2}root +4\.\d\d MiB +1 {2}node$/);
    expect(lines.slice(12).join("")).toBe("");
  });

  it("quits by a key, and gives the terminal back as it was", async () => {
    const { lines, alternate } = await shown(left("quits").stdout, 80, 24);
    expect(alternate).toBe(false);
    expect(lines[0]).toBe("status 0");
    expect(lines.join(" ")).not.toMatch(/-icanon|-echo\b/);
    expect(left("quits").stdout).toContain("\u001b[?25h");
  });

  it("follows the size of the terminal", async () => {
    const { lines } = await shown(last("resized"), 120, 10);
    expect(lines[0]).toMatch(/^ KNEM 2\.0\.0 {80,}\d\d:\d\d:\d\d {3}q quits$/);
    expect(lines.some((line) => line.includes("COMMAND"))).toBe(true);
  });

  it("gives the terminal back also when it is told to end", async () => {
    const { lines, alternate } = await shown(left("ended").stdout, 80, 24);
    expect([lines[0], alternate]).toEqual(["status 0", false]);
  });
});

describe("without the module", () => {
  it("statistics and doctor say so", () => {
    expect(left("gone")).toMatchObject({ status: 3, stdout: "" });
    expect(left("gone").stderr).toContain("the knem module is not loaded");
    expect(left("goneDoctor")).toMatchObject({ status: 1 });
    expect(left("goneDoctor").stdout).toMatch(/^✗ module /m);
    expect(left("goneDoctor").stdout).toMatch(/^✗ device +there is no \/dev\/knem$/m);
  });
});
