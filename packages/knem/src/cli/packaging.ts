// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import type * as Packaging from "@knem/packaging";

/** What makes and installs packages comes with a checkout, not with the command as it is installed. */
export async function packaging(what: string, command: string): Promise<typeof Packaging> {
  try {
    return await import("@knem/packaging");
  } catch (cause) {
    const missing = cause instanceof Error && "code" in cause && cause.code;
    if (missing !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new KnemError(
      {
        code: "KNEM_NO_PACKAGING",
        what: `this copy of knem cannot ${what}`,
        why: "@knem/packaging is not installed with it: that is done from a checkout of the source",
        remedy: `in a checkout: npm run knem -- ${command} …`,
      },
      { cause },
    );
  }
}
