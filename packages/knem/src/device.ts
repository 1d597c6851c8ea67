// SPDX-License-Identifier: BSD-3-Clause
import { abortable, type Begun } from "./abort.js";
import type * as Binding from "./binding.js";
import { chosen } from "./choice.js";
import {
  type CopyOptions,
  copyOptions,
  engines,
  type Place,
  type PromiseOptions,
  place,
} from "./copy.js";
import { guarded, guardedAsync } from "./errors.js";
import { Line } from "./line.js";
import { type Memory, views } from "./memory.js";
import { native } from "./native.js";
import { type Unsigned, unsigned } from "./number.js";
import { Region, type RegionOptions, regionRequest } from "./region.js";

/** What the module says about itself. */
export interface Info {
  /** The version of the contract between module and programs. */
  readonly abi: number;
  /** Bits; `featureNames` names them. */
  readonly features: number;
  /** The flags that the module adds to every request; `flagNames` names them. */
  readonly forcedFlags: number;
  /** The flags that the module drops from every request. */
  readonly ignoredFlags: number;
}

/**
 * An open device.
 *
 * Copies end, without a word, where the shorter side does, and tell how many bytes that was; modules
 * without the feature `COUNTED` don't tell, and then it is undefined.
 *
 * Every copy throws, or rejects with, KnemErrors: `KNEM_UNKNOWN_COOKIE`, `KNEM_NOT_OWNER`,
 * `KNEM_PROTECTION_REFUSED`, `KNEM_COPY_FAILED`, `KNEM_BAD_ADDRESS`, `KNEM_NO_MEMORY`,
 * `KNEM_BAD_ARGUMENT`, `KNEM_DETACHED_MEMORY`, `KNEM_CLOSED`; those with a promise also
 * `KNEM_MOVABLE_MEMORY`, `KNEM_BUSY`, and the reason of their signal.
 */
export class Device {
  readonly #device: Binding.Device;
  readonly #line = new Line();

  /**
   * Opens the device and checks that the module speaks the version of this package.
   *
   * @param path where the device is, if it isn't `/dev/knem`
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

  /** `using device = new Device()` closes it at the end of the block. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** What the module says about itself. */
  info(): Info {
    return guarded(() => this.#device.info());
  }

  /**
   * Says on which CPUs the device's thread in the kernel will run: those of these numbers, those that this process
   * may run on, or those that it may not. Where it can run on none of them, it runs anywhere.
   *
   * @throws KnemError `KNEM_BUSY` after the first copy of the engines "thread" and "dma"; `KNEM_CLOSED`
   */
  bind(cpus: readonly number[] | "current" | "others"): void {
    guarded(() => {
      if (typeof cpus === "string") this.#device.bindLikeThis(cpus === "others");
      else this.#device.bind([...cpus]);
    });
  }

  /**
   * Declares memory in SharedArrayBuffers as a region for other processes.
   *
   * @throws KnemError `KNEM_MOVABLE_MEMORY` for other memory, `KNEM_NO_MEMORY` where it can't be
   * pinned, `KNEM_CLOSED`
   */
  createRegion(memory: Memory, options: RegionOptions = {}): Region {
    const request = regionRequest(options);
    return new Region(guarded(() => this.#device.createRegion(views(memory), request)));
  }

  /** Copies from a region to memory, and blocks until it is done. Gives the bytes copied. */
  readSync(from: Place, to: Memory, options: CopyOptions = {}): number | undefined {
    const how = copyOptions(options);
    return guarded(() => this.#device.read(place(from), views(to), how)) ?? undefined;
  }

  /** Copies from a region to memory in SharedArrayBuffers. Gives the bytes copied. */
  read(from: Place, to: Memory, options: PromiseOptions = {}): Promise<number | undefined> {
    const [device, how] = [this.#device, copyOptions(options)];
    return this.#begin(
      options,
      (cancellation) => device.readAsync(place(from), views(to), how, cancellation),
      (dma) => device.submitRead(place(from), views(to), dma),
    );
  }

  /** Copies memory to a region, and blocks until it is done. Gives the bytes copied. */
  writeSync(to: Place, from: Memory, options: CopyOptions = {}): number | undefined {
    const how = copyOptions(options);
    return guarded(() => this.#device.write(place(to), views(from), how)) ?? undefined;
  }

  /** Copies memory in SharedArrayBuffers to a region. Gives the bytes copied. */
  write(to: Place, from: Memory, options: PromiseOptions = {}): Promise<number | undefined> {
    const [device, how] = [this.#device, copyOptions(options)];
    return this.#begin(
      options,
      (cancellation) => device.writeAsync(place(to), views(from), how, cancellation),
      (dma) => device.submitWrite(place(to), views(from), dma),
    );
  }

  /** Copies at most `length` bytes from region to region, and blocks until it is done. */
  copySync(
    from: Place,
    to: Place,
    length: Unsigned,
    options: CopyOptions = {},
  ): number | undefined {
    const [bytes, how] = [unsigned(length, "length"), copyOptions(options)];
    return guarded(() => this.#device.copy(place(from), place(to), bytes, how)) ?? undefined;
  }

  /** Copies at most `length` bytes from region to region. Gives the bytes copied. */
  copy(
    from: Place,
    to: Place,
    length: Unsigned,
    options: PromiseOptions = {},
  ): Promise<number | undefined> {
    const [device, how] = [this.#device, copyOptions(options)];
    const bytes = () => unsigned(length, "length");
    return this.#begin(
      options,
      (cancellation) => device.copyAsync(place(from), place(to), bytes(), how, cancellation),
      (dma) => device.submitCopy(place(from), place(to), bytes(), dma),
    );
  }

  /** Begins a copy by the engine that is asked for. */
  #begin(
    { engine = "pool", signal }: PromiseOptions,
    start: (cancellation: Binding.Cancellation) => Promise<number | null>,
    submit: (dma: boolean) => Binding.Submission,
  ): Promise<number | undefined> {
    const inPool = (): Begun<number | null> => {
      const cancellation = new (native().Cancellation)();
      return {
        end: guardedAsync(() => start(cancellation)),
        cancel: () => cancellation.cancel(),
      };
    };
    const inModule = (): Begun<number> => ({
      end: guardedAsync(() => this.#line.add(submit(engine === "dma"))),
      // The module takes no request back.
      cancel: () => false,
    });
    const begin = () => (chosen(engine, engines, "engine") === "pool" ? inPool() : inModule());
    const copied = abortable<number | null>(signal, begin);
    return copied.then((bytes) => bytes ?? undefined);
  }
}
