// SPDX-License-Identifier: BSD-3-Clause

/** How a block is known to be right. */
export type Proof =
  /** It is run: in the checkout on this machine, or in a booted guest. */
  | { readonly kind: "host" | "guest" }
  /** It is run in a guest that has this MPI stack, by `npm run test:mpi`. */
  | { readonly kind: "stack"; readonly stack: string }
  /** It is part of this test, or of what this test reads. */
  | { readonly kind: "proven"; readonly test: string }
  /** It is a region of this file, which is compiled and run. */
  | { readonly kind: "from"; readonly file: string; readonly region: string }
  /** It is not, for this reason. */
  | { readonly kind: "unproven"; readonly why: string };

/** The languages of blocks that are only shown: what a program prints, a drawing. */
export const shown: ReadonlySet<string> = new Set(["text"]);

/** What a block's info string says of its proof; undefined if that says nothing, or more than one thing. */
export function proofOf(info: string): Proof | undefined {
  const word = /^(host|guest)$/.exec(info)?.[1];
  if (word === "host" || word === "guest") return { kind: word };
  const stack = /^guest=([a-z0-9-]+)$/.exec(info)?.[1];
  if (stack !== undefined) return { kind: "stack", stack };
  const test = /^proven=(\S+)$/.exec(info)?.[1];
  if (test !== undefined) return { kind: "proven", test };
  const [, file, region] = /^from=([^\s#]+)#([a-z0-9-]+)$/.exec(info) ?? [];
  if (file !== undefined && region !== undefined) return { kind: "from", file, region };
  const why = /^unproven="([^"]{8,})"$/.exec(info)?.[1];
  return why === undefined ? undefined : { kind: "unproven", why };
}
