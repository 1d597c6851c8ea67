// SPDX-License-Identifier: BSD-3-Clause
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { type Bind, type Target, toolchainOf, type Workshop } from "@knem/kernels";
import type { SigningKey } from "./signing.js";

const INSIDE = "/knem/module";
const KEYS = "/knem/keys";

/** What binutils for an architecture of Debian are called by. */
const triples: Readonly<Record<string, string>> = {
  amd64: "x86_64-linux-gnu",
  arm64: "aarch64-linux-gnu",
};

/**
 * Builds knem.ko for a target's kernel and puts it into `folder` as it is shipped: without what is only for
 * debuggers, and signed if there is a key. Errors: those of `Workshop.module`, COMMAND_FAILED.
 */
export async function finishedModule(
  workshop: Workshop,
  target: Target,
  folder: string,
  signing: SigningKey | undefined,
): Promise<void> {
  const { ko } = await workshop.module(target);
  await copyFile(ko, join(folder, "knem.ko"));
  const sandbox = await workshop.sandbox(toolchainOf(target));
  const own: Bind = { from: folder, to: INSIDE, write: true };
  const strip = [`${triples[target.arch]}-strip`, "--strip-debug", `${INSIDE}/knem.ko`];
  await sandbox.must("knem.ko could not be stripped", strip, { binds: [own] });
  if (!signing) return;
  const { tree } = await workshop.kernelFiles(target);
  const script = 'exec /usr/lib/linux-kbuild-*/scripts/sign-file sha256 "$@"';
  const keys = [`${KEYS}/key`, `${KEYS}/certificate`];
  await sandbox.must(
    "knem.ko could not be signed",
    ["sh", "-c", script, "sign", ...keys, `${INSIDE}/knem.ko`],
    {
      trees: [tree],
      binds: [
        own,
        { from: signing.key, to: `${KEYS}/key` },
        { from: signing.certificate, to: `${KEYS}/certificate` },
      ],
    },
  );
}
