// SPDX-License-Identifier: BSD-3-Clause
import { KnemError, table } from "@knem/kernels";

/** What knem-bench found out about one method and one size. */
export interface Measurement {
  readonly method: string;
  readonly bytes: number;
  /** Bytes per second, in the best of several rounds: others may be disturbed by the machine. */
  readonly best: number;
  readonly verified: boolean;
}

/** knem-bench's JSON document. */
export interface Measurements {
  readonly results: readonly Measurement[];
  /** How many copies were asked of the module. */
  readonly requests: number;
}

/** The ways of a copy that are compared, with the names the table gives them. */
export const methods: ReadonlyMap<string, string> = new Map([
  ["inline-copy", "KNEM read"],
  ["inline-write", "KNEM write"],
  ["process_vm_readv", "process_vm_readv"],
  ["shm-double-copy", "shm double copy"],
]);

/** Errors: DEMONSTRATION_FAILED, if bytes were not verified or the module counted other copies than were made. */
export function checkMeasurements(
  { results, requests }: Measurements,
  counters: Readonly<Record<string, number>>,
): void {
  const unverified = results.find(({ verified }) => !verified);
  if (results.length === 0 || unverified)
    throw failed(`not verified: ${JSON.stringify(unverified)}`);
  if (counters["submitted"] === requests && counters["processedTotal"] === requests) return;
  throw failed(`${requests} copies were made, the module counts ${JSON.stringify(counters)}`);
}

/** A line for each size: the time of one copy and its throughput, by each way. */
export function comparison(results: readonly Measurement[]): string {
  const sizes = [...new Set(results.map(({ bytes }) => bytes))].sort((a, b) => a - b);
  const rows = sizes.map((bytes) => {
    const cells = [...methods.keys()].flatMap((method) => {
      const found = results.find((one) => one.method === method && one.bytes === bytes);
      if (!found) return ["-", "-"];
      return [
        `${((bytes / found.best) * 1e6).toFixed(0)} us`,
        `${(found.best / 1e6).toFixed(0)} MB/s`,
      ];
    });
    return [bytes < 1 << 20 ? `${bytes >> 10} KiB` : `${bytes >> 20} MiB`, ...cells];
  });
  return table(["size", ...[...methods.values()].flatMap((name) => [name, "speed"])], rows);
}

export function failed(why: string): KnemError {
  return new KnemError({
    code: "DEMONSTRATION_FAILED",
    what: "the copies in the guest did not go as they should",
    why,
    remedy: "run npm test, whose conformance programs look closer",
  });
}
