// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import type { GuestFile } from "@knem/guest";
import { LIB } from "./outfit.js";

/** Where a guest finds the tests of the JavaScript API. */
const API = "/opt/knem/test/api";

/** Those tests, the examples, and the README, whose snippets are run. */
export function javascriptFiles(checkout: string): GuestFile[] {
  const home = join(checkout, "packages/knem");
  return [
    { to: API, from: join(home, "test/guest") },
    ...["README.md", "examples"].map((name) => ({ to: `${LIB}/${name}`, from: join(home, name) })),
  ];
}

/** What runs the tests; `long` is ten times as often, and with a gigabyte. */
export function javascriptTests(long: boolean): string {
  return `node ${API}/api.mjs ${LIB} ${long ? "long" : ""}`.trimEnd();
}
