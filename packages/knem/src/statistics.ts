// SPDX-License-Identifier: BSD-3-Clause
import { guarded } from "./errors.js";
import { native } from "./native.js";

/** One counter of the module. */
export interface Count {
  /** A name for programs: `submitted`, `processedTotal`, `failedFindRegion`. */
  readonly name: string;
  /** In the module's words: `Requests Processed/Total`. */
  readonly label: string;
  /** Requests, exact up to 2^53. */
  readonly value: number;
}

/** Bytes, sizes, and what there is at the moment. All numbers are exact up to 2^53. */
export interface Activity {
  /** Requests refused because too many were waiting or too many events unread. */
  readonly failedBusy: number;
  readonly regionsCreated: number;
  /** Bytes copied in the calls that asked for it. */
  readonly bytesCall: number;
  /** Bytes copied in kernel threads. */
  readonly bytesThread: number;
  /** Bytes copied by DMA engines. */
  readonly bytesDma: number;
  /** Contexts that are open now. */
  readonly contexts: number;
  /** Regions whose memory is pinned now. */
  readonly regions: number;
  /** Requests that wait for a kernel thread now, or run in one. */
  readonly queued: number;
  /** Bytes of the pages that are pinned now. */
  readonly pinnedBytes: number;
  /**
   * Copies that ended, by the bytes they copied: none first, then those of at least 2^(index - 1) and less than
   * 2^index bytes; the last has no upper end.
   */
  readonly copySizes: readonly number[];
}

/** What the module says about itself and what it has done since it was loaded or cleared. */
export interface Statistics {
  /** The module's version. */
  readonly version: string;
  /** The version of the contract between module and programs. */
  readonly abi: number;
  /** Bit 0: copies can be given to a DMA engine. */
  readonly features: number;
  /** The flags that the module adds to every request. */
  readonly forcedFlags: number;
  /** The flags that the module drops from every request. */
  readonly ignoredFlags: number;
  /** The state of the DMA engine, in the module's words. */
  readonly dma: string;
  /** The DMA channels that there are, by name. */
  readonly channels: readonly string[];
  /** Every counter, in the module's order. */
  readonly counts: readonly Count[];
  /** Lines that this version does not know, as they are. */
  readonly other: readonly string[];
  /** What the module's text does not tell; missing where the module is too old for it. */
  readonly activity?: Activity;
}

/**
 * Reads the statistics; the device must be readable.
 *
 * @throws KnemError `KNEM_NO_DEVICE`, `KNEM_PERMISSION_DENIED`, `KNEM_NOT_KNEM`,
 * `KNEM_BAD_STATISTICS`, `KNEM_NO_BINDING`, `KNEM_BAD_BINDING`
 */
export function statistics(device?: string): Statistics {
  return guarded(() => native().statistics(device));
}

/**
 * Sets every counter to 0. This needs CAP_SYS_ADMIN.
 *
 * @throws KnemError `KNEM_NOT_PRIVILEGED`, and those of {@link statistics}
 */
export function clearStatistics(device?: string): void {
  guarded(() => native().clearStatistics(device));
}
