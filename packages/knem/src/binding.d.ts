// SPDX-License-Identifier: BSD-3-Clause
// Generated from crates/knem-node by `pnpm build:native`; do not edit.

/** A way to call off a copy on another thread. */
export declare class Cancellation {
  /** One for the next copy. */
  constructor()
  /** Calls the copy off. Says whether that was in time: then it never touches its memory. */
  cancel(): boolean
}

/** An open device. */
export declare class Device {
  /** Opens the device and checks that the module speaks the version of this binding. */
  constructor(path?: string | undefined | null)
  /** Closes the device once its regions and running copies are gone. May be called again. */
  close(): void
  /** What the module says about itself. */
  info(): Info
  /** Says on which CPUs the module's thread for this device will run, before its first copy. */
  bind(cpus: Array<number>): void
  /** As `bind`: on those that this thread may run on, or, if `others`, on those that it may not. */
  bindLikeThis(others: boolean): void
  /** Declares memory as a region, in the order of the array. All of it is in SharedArrayBuffers. */
  createRegion(memory: Array<Uint8Array>, request: RegionRequest): Region
  /** Copies from a region to memory. Tells how many bytes that was, if the module counts. */
  read(from: Place, to: Array<Uint8Array>, how: CopyOptions): number | null
  /** Copies memory to a region. Tells how many bytes that was, if the module counts. */
  write(to: Place, from: Array<Uint8Array>, how: CopyOptions): number | null
  /**
   * Copies at most `length` bytes from region to region. Tells how many bytes that was, if the
   * module counts.
   */
  copy(from: Place, to: Place, length: bigint, how: CopyOptions): number | null
  /** As `read`, on a thread of Node's pool, to memory in SharedArrayBuffers. */
  readAsync(from: Place, to: Array<Uint8Array>, how: CopyOptions, cancellation: Cancellation): Promise<number | null>
  /** As `write`, on a thread of Node's pool, from memory in SharedArrayBuffers. */
  writeAsync(to: Place, from: Array<Uint8Array>, how: CopyOptions, cancellation: Cancellation): Promise<number | null>
  /** As `copy`, on a thread of Node's pool. */
  copyAsync(from: Place, to: Place, length: bigint, how: CopyOptions, cancellation: Cancellation): Promise<number | null>
  /**
   * As `read`, by the module's own thread, with a DMA engine if `dma`; to memory in
   * SharedArrayBuffers.
   */
  submitRead(from: Place, to: Array<Uint8Array>, dma: boolean): Submission
  /**
   * As `write`, by the module's own thread, with a DMA engine if `dma`; from memory in
   * SharedArrayBuffers.
   */
  submitWrite(to: Place, from: Array<Uint8Array>, dma: boolean): Submission
  /** As `copy`, by the module's own thread, with a DMA engine if `dma`. */
  submitCopy(from: Place, to: Place, length: bigint, dma: boolean): Submission
}

/** A declared piece of memory, which it keeps alive. */
export declare class Region {
  /** The name by which others use the region. */
  get cookie(): bigint
  /**
   * Ends the region at once, and then waits, on a thread of Node's pool, until no copy uses it;
   * then its memory is let go. Once: later calls give null.
   */
  end(): Promise<void> | null
}

/** A copy that the module has. It goes on by itself; copies of one device end in their order. */
export declare class Submission {
  /** Waits for the end, on a thread of Node's pool, and tells how many bytes were copied. Once. */
  wait(): Promise<number>
}

/** The module, or cross-memory attach where that is asked for and the module can't be used. */
export declare class Transport {
  /** Opens the device; `fallback` allows to copy by address where it is missing or closed. */
  constructor(fallback: boolean)
  /** Why it is not the module; null if it is. */
  get reason(): Reason | null
  /** Declares memory in SharedArrayBuffers as a region; null where there is no module. */
  createRegion(memory: Array<Uint8Array>, request: RegionRequest): Region | null
  /** Copies from a peer's memory, `offset` bytes in. Tells how many bytes that was. */
  read(from: Remote, offset: bigint, to: Array<Uint8Array>): number
  /** Copies to a peer's memory, `offset` bytes in. Tells how many bytes that was. */
  write(to: Remote, offset: bigint, from: Array<Uint8Array>): number
  /** As `read`, on a thread of Node's pool, to memory in SharedArrayBuffers. */
  readAsync(from: Remote, offset: bigint, to: Array<Uint8Array>, cancellation: Cancellation): Promise<number | null>
  /** As `write`, on a thread of Node's pool, from memory in SharedArrayBuffers. */
  writeAsync(to: Remote, offset: bigint, from: Array<Uint8Array>, cancellation: Cancellation): Promise<number | null>
}

/** The version of the contract that this binding was built for. */
export declare const ABI_VERSION: number

/** Bytes, sizes, and what there is at the moment. All numbers are exact up to 2^53. */
export interface Activity {
  /** Requests refused because too many were waiting or too many events unread. */
  failedBusy: number
  /** Regions created. */
  regionsCreated: number
  /** Bytes copied in the calls that asked for it. */
  bytesCall: number
  /** Bytes copied in kernel threads. */
  bytesThread: number
  /** Bytes copied by DMA engines. */
  bytesDma: number
  /** Contexts that are open now. */
  contexts: number
  /** Regions whose memory is pinned now. */
  regions: number
  /** Requests that wait for a kernel thread now, or run in one. */
  queued: number
  /** Bytes of the pages that are pinned now. */
  pinnedBytes: number
  /**
   * Copies that ended, by the bytes they copied: none first, then those of at least 2^(index - 1)
   * and less than 2^index bytes; the last has no upper end.
   */
  copySizes: Array<number>
}

/** Sets every counter to 0, which needs privilege. */
export declare function clearStatistics(path?: string | undefined | null): void

/** How a copy is done by whoever calls for it. */
export interface CopyOptions {
  /** Pin the local memory, so that a bad address is found before a byte is copied. */
  pinLocal: boolean
  /** Use the DMA engine, where there is one. */
  dma: boolean
}

/** One counter. */
export interface Count {
  /** A name for programs. */
  name: string
  /** In the module's words. */
  label: string
  /** Requests, exact up to 2^53. */
  value: number
}

/** The path of the device. */
export declare const DEVICE_PATH: string

/** The names of the features among `bits`, lowest first. */
export declare function featureNames(bits: number): Array<string>

/** The names of the request flags among `bits`, lowest first. */
export declare function flagNames(bits: number): Array<string>

/** What the module says about itself. */
export interface Info {
  /** The version of the contract between module and programs. */
  abi: number
  /** Bit 0: copies can be given to a DMA engine. */
  features: number
  /** The flags that the module adds to every request. */
  forcedFlags: number
  /** The flags that the module drops from every request. */
  ignoredFlags: number
}

/** Where one piece of memory is, for those who copy by address. */
export declare function locate(memory: Array<Uint8Array>): Remote

/** A place in a region. */
export interface Place {
  /** The region. */
  cookie: bigint
  /** Bytes to leave out at its start. */
  offset: bigint
}

/** Why it is not the module. */
export interface Reason {
  /** A name for programs. */
  code: string
  /** What happened. */
  what: string
  /** Why it happened. */
  why: string
  /** What to do about it. */
  remedy: string
}

/** What others may do with a region. */
export interface RegionRequest {
  /** Others may copy from it. */
  readable: boolean
  /** Others may copy to it. */
  writable: boolean
  /** It is gone after its first use. */
  singleUse: boolean
  /** Every user may use it. */
  anyUser: boolean
}

/** Where a peer's memory is, in both ways of saying it. */
export interface Remote {
  /** The region, where the peer could declare one. */
  cookie?: bigint
  /** The process. */
  pid: number
  /** The address of the memory's first byte there. */
  address: bigint
  /** Bytes. */
  length: bigint
}

/** Reads the statistics. */
export declare function statistics(path?: string | undefined | null): Statistics

/** What the module says about itself and what it has done. */
export interface Statistics {
  /** The module's version. */
  version: string
  /** The version of the contract between module and programs. */
  abi: number
  /** Bit 0: copies can be given to a DMA engine. */
  features: number
  /** The flags that the module adds to every request. */
  forcedFlags: number
  /** The flags that the module drops from every request. */
  ignoredFlags: number
  /** The state of the DMA engine, in the module's words. */
  dma: string
  /** The DMA channels that there are, by name. */
  channels: Array<string>
  /** Every counter, in the module's order. */
  counts: Array<Count>
  /** Lines that this version does not know, as they are. */
  other: Array<string>
  /** What the text does not tell; missing where the module does not know the request. */
  activity?: Activity
}
