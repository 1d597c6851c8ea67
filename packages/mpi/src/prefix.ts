// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bind } from "@knem/kernels";

/** Where libraries that are built with KNEM are told to find it. */
export const PREFIX = "/opt/knem";

/** What is installed below the prefix, from the checkout's top. */
const parts = [
  { from: "include/knem_io.h", to: "include/knem_io.h" },
  { from: "include/knem.pc", to: "share/pkgconfig/knem.pc" },
];

/** The header and the pkg-config file, laid out as they are installed. */
export interface Prefix {
  /** Where they are. */
  readonly path: string;
  readonly binds: readonly Bind[];
  /** By which what is made with them is keyed. */
  readonly contents: readonly string[];
}

/** Those of a checkout, as after `./configure --prefix=PATH` and `make install`. */
export async function installed(checkout: string, path = PREFIX): Promise<Prefix> {
  const binds = parts.map(({ from, to }) => ({
    from: join(checkout, from),
    to: `${path}/${to}`,
  }));
  const contents = await Promise.all(binds.map(({ from }) => readFile(from, "utf8")));
  return { path, binds, contents };
}
