// SPDX-License-Identifier: BSD-3-Clause
import { join, resolve } from "node:path";
import { select, type Target, targets } from "@knem/kernels";
import { checkout } from "./checkout.js";

/** What can be made. */
export const kinds = ["tarball", "deb", "rpm", "kmod"] as const;
export type Kind = (typeof kinds)[number];

/** What is asked for. */
export interface Order {
  readonly kind: Kind;
  readonly checkout: string;
  readonly out: string;
  /** The kernels for which modules are wanted. */
  readonly targets: readonly Target[];
}

/** What a command line says. */
export interface Wishes {
  readonly kind: Kind;
  readonly out?: string | undefined;
  readonly kernel?: string | undefined;
  readonly flavour?: string | undefined;
  readonly suite?: string | undefined;
  readonly all?: boolean | undefined;
}

/** The order that a command line gives; modules are for the first kernel of the table unless it says more. Errors: NO_TARGET. */
export function orderOf(wishes: Wishes, known: readonly Target[] = targets): Order {
  const { kind, out } = wishes;
  const folder = out === undefined ? join(checkout, "build/packages") : resolve(out);
  return { kind, checkout, out: folder, targets: kind === "kmod" ? chosen(wishes, known) : [] };
}

function chosen({ kernel, flavour, suite, all }: Wishes, known: readonly Target[]): Target[] {
  const said = { kernels: kernel, flavours: flavour, suites: suite };
  const fields = Object.entries(said).flatMap(([key, value]) => (value ? [[key, [value]]] : []));
  if (fields.length === 0) return all ? [...known] : known.slice(0, 1);
  return select(Object.fromEntries(fields), known);
}
