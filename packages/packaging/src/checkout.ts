// SPDX-License-Identifier: BSD-3-Clause
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { KnemError } from "@knem/errors";
import { run } from "@knem/kernels";

/** The checkout that this package is part of. */
export const checkout = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** Where the version is written, once. */
const ABI = "kernel-rs/abi.rs";

/** The version of a checkout. Errors: NO_VERSION. */
export async function versionOf(top: string): Promise<string> {
  const text = await readFile(join(top, ABI), "utf8");
  const version = /^pub const VERSION: &str = "(.*)";$/m.exec(text)?.[1];
  if (version !== undefined) return version;
  throw new KnemError({
    code: "NO_VERSION",
    what: "the version of this checkout is not known",
    why: `${join(top, ABI)} has no line pub const VERSION: &str = "…";`,
    remedy: `restore ${ABI}`,
  });
}

/**
 * The moment that everything made from a checkout bears, in seconds since 1970: SOURCE_DATE_EPOCH, or the last
 * commit's, or, without git, that of the file with the version. Errors: BAD_EPOCH.
 */
export async function epochOf(top: string, env = process.env): Promise<number> {
  const asked = env["SOURCE_DATE_EPOCH"];
  if (asked !== undefined) return parseEpoch(asked);
  const committed = await git(top, ["log", "-1", "--format=%ct"]);
  if (committed) return Number(committed);
  return Math.floor((await stat(join(top, ABI))).mtimeMs / 1000);
}

/** The files that git keeps of some folders and files, from the top; undefined where there is no git to ask. */
export async function trackedFiles(
  top: string,
  of: readonly string[],
): Promise<string[] | undefined> {
  const listed = await git(top, ["ls-files", "-z", "--", ...of]);
  return listed?.split("\0").filter(Boolean);
}

/** What git says of the checkout itself; a checkout within another repository is none of that one's. */
async function git(top: string, args: readonly string[]): Promise<string | undefined> {
  const ask = async (words: readonly string[]) => {
    const call = ["git", "-C", top, "-c", `safe.directory=${top}`, ...words];
    const { status, stdout } = await run("env", call);
    return status === 0 ? stdout.trim() : undefined;
  };
  return (await ask(["rev-parse", "--show-prefix"])) === "" ? ask(args) : undefined;
}

function parseEpoch(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw new KnemError({
    code: "BAD_EPOCH",
    what: "SOURCE_DATE_EPOCH is not understood",
    why: `${JSON.stringify(text)} is not a number of seconds since 1970`,
    remedy: "unset SOURCE_DATE_EPOCH, or set it to what date +%s prints",
  });
}
