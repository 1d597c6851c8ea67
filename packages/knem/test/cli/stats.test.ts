// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { document } from "../../src/cli/stats/document.js";
import { exposition } from "../../src/cli/stats/prometheus.js";
import { rates } from "../../src/cli/stats/sample.js";
import { text } from "../../src/cli/stats/text.js";
import { heading, line, row } from "../../src/cli/stats/watch.js";
import type { Statistics } from "../../src/statistics.js";
import { valid } from "../schema.js";
import { sizes, statistics } from "./sample.js";

describe("the statistics", () => {
  it("are a document that its schema describes, whatever the module tells", () => {
    const { activity: _, ...older } = statistics();
    for (const read of [statistics(), older])
      valid("stats", JSON.stringify(document({ told: read })));
  });

  it("are told with sizes as bars", () => {
    const lines = text(statistics()).split("\n");
    expect(lines).toContain("Pinned now            12.0 MiB");
    expect(lines).toContain("Copied in calls       3.00 MiB");
    const at = lines.indexOf("Copies by size");
    expect(lines.slice(at + 1, at + 4)).toEqual([
      "nothing    2  ▏",
      "    1 B    0",
      "    2 B    0",
    ]);
    expect(lines).toContain(`  4 KiB  700  ${"█".repeat(46)}`);
    expect(lines.at(-1)).toBe("  1 MiB    4  ▎");
  });
});

describe("rates", () => {
  const before = { at: 1000, read: statistics() };

  it("are what happened between two moments, by the second", () => {
    const changes = { bytesCall: 5 << 20, copySizes: sizes({ 0: 2, 13: 710, 15: 90, 21: 4 }) };
    const found = rates(before, { at: 3000, read: statistics(changes, 1220) });
    expect(found).toMatchObject({ seconds: 2, bytes: 1 << 20 });
    expect(found.counters).toMatchObject({ submitted: 10, processedTotal: 10, processedDMA: 0 });
    expect(found.copySizes).toEqual(sizes({ 13: 10 }));
    expect(found.failed).toBe(0);
  });

  it("are also of what failed, among it what was refused because busy", () => {
    const read = statistics({ failedBusy: 7 });
    const counts = read.counts.map((one) =>
      one.name === "failedFindRegion" ? { ...one, value: one.value + 4 } : one,
    );
    const found = rates(before, { at: 3000, read: { ...read, counts } });
    expect(found.failed).toBe(5);
    expect(row(found, read).trim().split(/ +/)[3]).toBe("5");
    expect(valid("stats-watch", line(found, read))).toMatchObject({ failed: 5 });
  });

  it("count from 0 where the statistics were cleared meanwhile", () => {
    const found = rates(before, {
      at: 2000,
      read: statistics({ bytesCall: 7, bytesThread: 0 }, 50),
    });
    expect(found.counters).toMatchObject({ submitted: 50, processedTotal: 46 });
    expect(found.bytes).toBe(7);
  });

  it("are a row, or a document in a line", () => {
    const found = rates(before, { at: 2000, read: statistics({ bytesCall: 5 << 20 }, 1220) });
    expect([heading, row(found, statistics())]).toEqual([
      "   copies/s    bytes/s   failed/s     queued   contexts    regions     pinned",
      "         20   2.00 MiB          0          0          2          3   12.0 MiB",
    ]);
    const told = line(found, statistics(), new Date(0));
    expect(told).not.toContain("\n");
    expect(valid("stats-watch", told)).toMatchObject({
      time: "1970-01-01T00:00:00.000Z",
      bytes: 2 << 20,
      now: { regions: 3 },
    });
  });

  it("say what an older module does not tell", () => {
    const { activity: _, ...older } = statistics();
    const found = rates({ at: 0, read: older }, { at: 1000, read: older });
    expect(row(found, older).trim().split(/ +/)).toEqual(["0", "-", "0", "-", "-", "-", "-"]);
    expect(valid("stats-watch", line(found, older))).toMatchObject({ bytes: null, now: null });
  });
});

/** A line of Prometheus's text format: a comment, or a name, labels, and a number. */
const format =
  /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? \d+(\.\d+)?)$/;

/** The lines about the sizes of copies. */
const histogram = (read: Statistics) =>
  exposition(read)
    .split("\n")
    .filter((line) => line.startsWith("knem_copy_size_bytes"));

describe("what Prometheus is told", () => {
  it("is in its format, every metric explained once before its values", () => {
    const lines = exposition(statistics()).trimEnd().split("\n");
    expect(lines.filter((line) => !format.test(line))).toEqual([]);
    expect(lines).toContain('knem_info{version="2.0.0",abi="0xd"} 1');
    expect(lines).toContain("knem_requests_submitted_total 1200");
    expect(lines).toContain('knem_requests_special_total{way="pin_local"} 30');
    expect(lines).toContain('knem_requests_failed_total{reason="find_region"} 4');
    expect(lines).toContain('knem_requests_failed_total{reason="dma_copy"} 0');
    expect(lines).toContain('knem_requests_failed_total{reason="busy"} 1');
    expect(lines).toContain('knem_bytes_total{path="call"} 3145728');
    expect(lines).toContain("knem_pinned_bytes 12582912");
    const types = lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
    expect(new Set(types).size).toBe(types.length);
    const values = lines.filter((line) => !line.startsWith("#"));
    for (const value of values)
      expect(
        types.some((name) => value.startsWith(name)),
        value,
      ).toBe(true);
  });

  it("has the sizes as a cumulative histogram", () => {
    const lines = histogram(statistics());
    for (const bucket of [
      '{le="0"} 2',
      '{le="4095"} 2',
      '{le="8191"} 702',
      '{le="16383"} 702',
      '{le="32767"} 792',
      '{le="2097151"} 796',
      '{le="4611686018427387903"} 796',
      '{le="+Inf"} 796',
    ])
      expect(lines).toContain(`knem_copy_size_bytes_bucket${bucket}`);
    expect(lines.slice(-2)).toEqual([
      "knem_copy_size_bytes_sum 3149824",
      "knem_copy_size_bytes_count 796",
    ]);
  });

  it("has the same series for the sizes, whatever was copied", () => {
    const series = (copySizes: readonly number[]) =>
      histogram(statistics({ copySizes })).map((line) => line.split(" ")[0]);
    const all = series(sizes({}));
    expect(new Set(all).size).toBe(64 + 2);
    for (const counts of [{ 0: 1 }, { 13: 1, 21: 7 }, { 63: 1 }])
      expect(series(sizes(counts))).toEqual(all);
  });

  it("is that there is no module, where there is none", () => {
    expect(exposition(undefined)).toMatch(/^# HELP knem_up .*\n# TYPE knem_up gauge\nknem_up 0\n$/);
  });
});
