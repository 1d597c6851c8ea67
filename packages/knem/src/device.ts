// SPDX-License-Identifier: BSD-3-Clause
import type * as Binding from "./binding.js";
import { guarded, guardedAsync } from "./errors.js";
import { native } from "./native.js";
import { type Unsigned, unsigned } from "./number.js";
import { Region, type RegionOptions, regionRequest } from "./region.js";

/** What the module says about itself. */
export interface Info {
  /** The version of the contract between module and programs. */
  readonly abi: number;
  /** Bit 0: copies can be given to a DMA engine. */
  readonly features: number;
  /** The flags that the module adds to every request. */
  readonly forcedFlags: number;
  /** The flags that the module drops from every request. */
  readonly ignoredFlags: number;
}

/** One piece of memory, or several in turn. A Buffer is a Uint8Array. */
export type Memory = Uint8Array | readonly Uint8Array[];

/** How a copy is done. */
export interface CopyOptions {
  /** Pin the local memory, so that a bad address is found before a byte is copied. */
  readonly pinLocal?: boolean;
  /** Use the DMA engine, where there is one. */
  readonly dma?: boolean;
}

/** A place in a region. */
export interface Place {
  /** The region's cookie. */
  readonly cookie: bigint;
  /** Bytes to leave out at its start; 0 unless said. */
  readonly offset?: Unsigned;
}

/**
 * An open device. Copies end, without a word, where the shorter side does; the module does not say
 * how many bytes that was.
 *
 * Every copy throws, or rejects with, KnemErrors: `KNEM_UNKNOWN_COOKIE`, `KNEM_NOT_OWNER`,
 * `KNEM_PROTECTION_REFUSED`, `KNEM_COPY_FAILED`, `KNEM_BAD_ARGUMENT`, `KNEM_CLOSED`.
 */
export class Device {
  readonly #device: Binding.Device;

  /**
   * Opens the device and checks that the module speaks the version of this package.
   *
   * @throws KnemError `KNEM_NO_DEVICE`, `KNEM_PERMISSION_DENIED`, `KNEM_NOT_KNEM`,
   * `KNEM_ABI_MISMATCH`, `KNEM_NO_BINDING`, `KNEM_BAD_BINDING`
   */
  constructor(path?: string) {
    this.#device = guarded(() => new (native().Device)(path));
  }

  /** Closes the device once its regions and running copies are gone. May be called again. */
  close(): void {
    this.#device.close();
  }

  /** What the module says about itself. */
  info(): Info {
    return guarded(() => this.#device.info());
  }

  /**
   * Declares memory as a region for other processes.
   *
   * @throws KnemError `KNEM_NO_MEMORY` where it can't be pinned
   */
  createRegion(memory: Memory, options: RegionOptions = {}): Region {
    return new Region(
      guarded(() => this.#device.createRegion(pieces(memory), regionRequest(options))),
    );
  }

  /** Copies from a region to memory, and blocks until it is done. */
  readSync(from: Place, to: Memory, options: CopyOptions = {}): void {
    guarded(() => this.#device.read(place(from), pieces(to), how(options)));
  }

  /** Copies from a region to memory, off the main thread. */
  read(from: Place, to: Memory, options: CopyOptions = {}): Promise<void> {
    return guardedAsync(() => this.#device.readAsync(place(from), pieces(to), how(options)));
  }

  /** Copies memory to a region, and blocks until it is done. */
  writeSync(to: Place, from: Memory, options: CopyOptions = {}): void {
    guarded(() => this.#device.write(place(to), pieces(from), how(options)));
  }

  /** Copies memory to a region, off the main thread. */
  write(to: Place, from: Memory, options: CopyOptions = {}): Promise<void> {
    return guardedAsync(() => this.#device.writeAsync(place(to), pieces(from), how(options)));
  }

  /** Copies at most `length` bytes from region to region, and blocks until it is done. */
  copySync(from: Place, to: Place, length: Unsigned, options: CopyOptions = {}): void {
    const bytes = unsigned(length, "length");
    guarded(() => this.#device.copy(place(from), place(to), bytes, how(options)));
  }

  /** Copies at most `length` bytes from region to region, off the main thread. */
  copy(from: Place, to: Place, length: Unsigned, options: CopyOptions = {}): Promise<void> {
    return guardedAsync(() =>
      this.#device.copyAsync(place(from), place(to), unsigned(length, "length"), how(options)),
    );
  }
}

/** The names of the request flags among `bits`, lowest first: `["PINLOCAL", "SINGLEUSE"]`. */
export function flagNames(bits: number): string[] {
  return guarded(() => native().flagNames(bits));
}

/** The names of the features among `bits`, lowest first: `["DMA", "COUNTED"]`. */
export function featureNames(bits: number): string[] {
  return guarded(() => native().featureNames(bits));
}

function pieces(memory: Memory): Uint8Array[] {
  return memory instanceof Uint8Array ? [memory] : [...memory];
}

function place({ cookie, offset = 0 }: Place): Binding.Place {
  return { cookie, offset: unsigned(offset, "offset") };
}

function how({ pinLocal = false, dma = false }: CopyOptions): Binding.CopyOptions {
  return { pinLocal, dma };
}
