// SPDX-License-Identifier: BSD-3-Clause
import type { Activity, Statistics } from "../../statistics.js";

interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly samples: readonly (readonly [string, number])[];
}

/** The statistics in Prometheus's text format; without any, that there is no module. */
export function exposition(read: Statistics | undefined): string {
  const up = gauge("knem_up", "Whether the module could be asked.", read ? 1 : 0);
  const all = [up, ...(read ? metrics(read) : [])];
  return all
    .filter(({ samples }) => samples.length > 0)
    .map(told)
    .join("");
}

function metrics({ version, abi, counts, activity }: Statistics): Metric[] {
  const of = (part: string) =>
    counts.flatMap(({ label, value }) => {
      const [, reason] = label.split(`Requests ${part}/`);
      return reason === undefined ? [] : ([[reason, value]] as const);
    });
  const labelled = (key: string, values: readonly (readonly [string, number])[]) =>
    values.map(([word, value]) => [`{${key}="${escaped(snake(word))}"}`, value] as const);
  const value = (name: string) => counts.find((count) => count.name === name)?.value ?? 0;
  const ways = of("Processed").filter(([way]) => way !== "Total");
  return [
    {
      name: "knem_info",
      type: "gauge",
      help: "The module that is loaded.",
      samples: [[`{version="${escaped(version)}",abi="0x${abi.toString(16)}"}`, 1]],
    },
    counter("knem_requests_submitted_total", "Copies asked for.", value("submitted")),
    counter("knem_requests_processed_total", "Copies begun.", value("processedTotal")),
    {
      ...counter("knem_requests_special_total", "Copies begun that took a way of their own.", 0),
      samples: labelled("way", ways),
    },
    {
      ...counter("knem_requests_failed_total", "Requests that failed.", 0),
      samples: labelled("reason", [
        ...of("Failed"),
        ...(activity ? ([["Busy", activity.failedBusy]] as const) : []),
      ]),
    },
    ...(activity ? activities(activity) : []),
  ];
}

function activities(activity: Activity): Metric[] {
  return [
    {
      ...counter("knem_bytes_total", "Bytes copied.", 0),
      samples: [
        ['{path="call"}', activity.bytesCall],
        ['{path="thread"}', activity.bytesThread],
        ['{path="dma"}', activity.bytesDma],
      ],
    },
    counter("knem_regions_created_total", "Regions created.", activity.regionsCreated),
    gauge("knem_contexts", "Contexts that are open.", activity.contexts),
    gauge("knem_regions", "Regions whose memory is pinned.", activity.regions),
    gauge(
      "knem_queued_requests",
      "Requests that wait for a thread or run in one.",
      activity.queued,
    ),
    gauge("knem_pinned_bytes", "Bytes of the pages that are pinned.", activity.pinnedBytes),
    sizes(activity),
  ];
}

/**
 * Bucket n of the module holds copies of less than 2^n bytes, the last one all others. All are told, also where there
 * were none: a series that comes and goes breaks rates, quantiles, and sums over machines.
 */
function sizes(activity: Activity): Metric {
  const { copySizes, bytesCall, bytesThread, bytesDma } = activity;
  let sum = 0;
  const samples = copySizes.map((count, at) => {
    sum += count;
    const le = at < copySizes.length - 1 ? (1n << BigInt(at)) - 1n : "+Inf";
    return [`_bucket{le="${le}"}`, sum] as const;
  });
  return {
    name: "knem_copy_size_bytes",
    type: "histogram",
    help: "Copies that ended, by the bytes that they copied.",
    samples: [...samples, ["_sum", bytesCall + bytesThread + bytesDma], ["_count", sum]],
  };
}

function counter(name: string, help: string, value: number): Metric {
  return { name, type: "counter", help, samples: [["", value]] };
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: "gauge", help, samples: [["", value]] };
}

function told({ name, type, help, samples }: Metric): string {
  const lines = samples.map(([suffix, value]) => `${name}${suffix} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

/** `PinLocal` → `pin_local`, `DMACopy` → `dma_copy`. */
const snake = (word: string): string =>
  word.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "_").toLowerCase();

const escaped = (text: string): string =>
  text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
