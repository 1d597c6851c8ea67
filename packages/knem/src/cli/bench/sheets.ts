// SPDX-License-Identifier: BSD-3-Clause
import { type Plot, type Sheet, size } from "@knem/figures";
import type { BenchDocument } from "./document.js";
import type { Percentiles } from "./program.js";

/** The figures as tables: those of which there are any. */
export function sheets(document: BenchDocument): Sheet[] {
  return [copies(document), calls(document), overlaps(document)].filter(
    ({ rows }) => rows.length > 0,
  );
}

/** The figures as curves over the size of a copy: speeds, or the share that is hidden. */
export function plots(document: BenchDocument): Plot[] {
  const names = [...new Set(document.copies.map(({ name }) => name))];
  const speeds = names.map((name, colour) => ({
    ...{ name, colour },
    points: document.copies
      .filter((one) => one.name === name)
      .map(({ bytes, median }) => [bytes, median / 2 ** 30] as const),
  }));
  const hidden = document.overlaps.map(({ bytes, hidden }) => [bytes, hidden * 100] as const);
  const all: Plot[] = [
    { title: "Speed", values: "GiB/s, the middle of all rounds", series: speeds },
    {
      ...{
        title: "Hidden behind computing",
        values: "% of the copy that takes no time of its own",
      },
      series: [{ name: "hidden", colour: 0, points: hidden }],
    },
  ];
  return all.filter(({ series }) => series.some(({ points }) => points.length > 1));
}

function copies({ copies }: BenchDocument): Sheet {
  const rows = copies.map(({ name, bytes, best, median, seconds }) => [
    ...[size(bytes), name],
    ...times(seconds),
    ...[median, best].map((speed) => (speed / 2 ** 30).toFixed(3)),
  ]);
  const speeds = ["median GiB/s", "best GiB/s"];
  return { title: "Copies", header: ["size", "copies", ...percentiles, ...speeds], rows };
}

function calls({ calls }: BenchDocument): Sheet {
  const rows = calls.map(({ call, bytes, pages, best, seconds }) => [
    bytes === 0 ? "-" : `${size(bytes)}${pages === "huge" ? ", huge" : ""}`,
    ...[call, micros(best), ...times(seconds)],
  ]);
  return { title: "Calls", header: ["memory", "call", "best µs", ...percentiles], rows };
}

function overlaps({ overlaps }: BenchDocument): Sheet {
  const rows = overlaps.map(({ bytes, copy, compute, both, hidden }) => [
    size(bytes),
    ...[copy, compute, both].map(micros),
    `${(hidden * 100).toFixed(0)} %`,
  ]);
  return {
    title: "Copying and computing",
    header: ["size", "copy µs", "computing µs", "both µs", "hidden"],
    rows,
  };
}

const percentiles = ["median µs", "90 % µs", "99 % µs", "worst µs"];

const times = ({ p50, p90, p99, worst }: Percentiles) => [p50, p90, p99, worst].map(micros);

const micros = (seconds: number) => (seconds * 1e6).toFixed(2);
