// SPDX-License-Identifier: BSD-3-Clause
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { KnemError } from "@knem/errors";
import type * as Binding from "./binding.js";

let loaded: typeof Binding | undefined;

/** The native part, loaded when it is first needed, so that importing this package never fails. */
export function native(): typeof Binding {
  loaded ??= load(`${process.platform}-${process.arch}-gnu`);
  return loaded;
}

function load(platform: string): typeof Binding {
  const path = fileURLToPath(new URL(`../knem.${platform}.node`, import.meta.url));
  const what = `cannot load the native part of knem for ${platform}`;
  if (!existsSync(path)) {
    const remedy = "build it with pnpm build:native, on Linux with glibc, x64 or arm64";
    throw new KnemError({ code: "KNEM_NO_BINDING", what, why: `there is no ${path}`, remedy });
  }
  try {
    return createRequire(import.meta.url)(path) as typeof Binding;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const remedy = "build it again on this system with pnpm build:native";
    throw new KnemError({ code: "KNEM_BAD_BINDING", what, why, remedy }, { cause });
  }
}
