// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bind } from "@knem/kernels";

/** Where libraries that are built with KNEM find it, as after `./configure --prefix=…` and `make install`. */
export const PREFIX = "/opt/knem";

/** What is installed below the prefix, from the checkout's top. */
const parts = [
  { from: "include/knem_io.h", to: "include/knem_io.h" },
  { from: "include/knem.pc", to: "share/pkgconfig/knem.pc" },
];

/** The header and the pkg-config file, laid out as they are installed. */
export interface Prefix {
  readonly binds: readonly Bind[];
  /** By which what is made with them is keyed. */
  readonly contents: readonly string[];
}

/** Those of a checkout. */
export async function installed(checkout: string): Promise<Prefix> {
  const binds = parts.map(({ from, to }) => ({
    from: join(checkout, from),
    to: `${PREFIX}/${to}`,
  }));
  const contents = await Promise.all(binds.map(({ from }) => readFile(from, "utf8")));
  return { binds, contents };
}
