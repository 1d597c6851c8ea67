// SPDX-License-Identifier: BSD-3-Clause
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { KnemError } from "@knem/errors";
import type * as Binding from "./binding.js";

/** The platforms that there is a native part for. */
const PLATFORMS = ["linux-x64", "linux-arm64"];

let loaded: typeof Binding | undefined;

/** The native part, loaded when it is first needed, so that importing this package never fails. */
export function native(): typeof Binding {
  loaded ??= load(`${process.platform}-${process.arch}`);
  return loaded;
}

function load(platform: string): typeof Binding {
  const what = `cannot load the native part of knem for ${platform}`;
  if (!PLATFORMS.includes(platform)) {
    const why = `there is one for ${PLATFORMS.join(" and ")} only`;
    const remedy = "use it there: KNEM is a module of the Linux kernel";
    throw new KnemError({ code: "KNEM_NO_BINDING", what, why, remedy });
  }
  const path = fileURLToPath(new URL(`../knem.${platform}-gnu.node`, import.meta.url));
  if (!existsSync(path)) {
    const remedy = "build it with pnpm build:native, on a system with glibc";
    throw new KnemError({ code: "KNEM_NO_BINDING", what, why: `there is no ${path}`, remedy });
  }
  try {
    return createRequire(import.meta.url)(path) as typeof Binding;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const remedy = "build it again on this system, which must have glibc, with pnpm build:native";
    throw new KnemError({ code: "KNEM_BAD_BINDING", what, why, remedy }, { cause });
  }
}
