// SPDX-License-Identifier: BSD-3-Clause
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Workshop } from "@knem/kernels";
import {
  apply,
  checkout,
  epochOf,
  type Kind,
  type Made,
  orderOf,
  plan,
  type SigningKey,
} from "../../src/index.js";

/** A folder that packages are made into. */
export class Making {
  private constructor(
    private readonly workshop: Workshop,
    readonly out: string,
    /** One date for all that is made, whatever is committed meanwhile. */
    readonly epoch: number,
  ) {}

  static async start(workshop: Workshop): Promise<Making> {
    const out = await mkdtemp(join(tmpdir(), "knem-packages-"));
    return new Making(workshop, out, await epochOf(checkout));
  }

  /** Makes everything of a kind, as `knem package` does. */
  async make(kind: Kind, signing?: SigningKey): Promise<Made[]> {
    const { cache, progress } = this.workshop;
    const planned = await plan(orderOf({ kind, out: this.out }), cache, progress);
    return apply({ ...planned, epoch: this.epoch, ...(signing && { signing }) }, this.workshop);
  }

  async remove(): Promise<void> {
    await rm(this.out, { recursive: true });
  }
}

/** What was made, each with its bytes. */
export async function bytesOf(made: readonly Made[]): Promise<Map<string, Buffer>> {
  const each = made.map(async ({ path }) => [basename(path), await readFile(path)] as const);
  return new Map(await Promise.all(each));
}

/** The names of those whose bytes are not the same. */
export function differing(some: Map<string, Buffer>, others: Map<string, Buffer>): string[] {
  const names = [...new Set([...some.keys(), ...others.keys()])];
  return names.filter((name) => !others.get(name)?.equals(some.get(name) ?? Buffer.of()));
}
