// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";

/** What citty hands to a command: its options by name, and the rest. */
export interface Parsed {
  readonly args: Readonly<Record<string, unknown>>;
  readonly cmd: { readonly args?: unknown };
}

/** A mistake on the command line. */
export function usageError(what: string, why: string, command = "knem"): KnemError {
  return new KnemError({ code: "KNEM_USAGE", what, why, remedy: `see ${command} --help` });
}

/** Refuses what a command did not ask for; citty lets it pass. */
export function refuseUnknown({ args, cmd }: Parsed, command: string): void {
  const known = new Set(["_", ...Object.keys(cmd.args ?? {})]);
  const unknown = Object.keys(args).find((name) => !known.has(name));
  if (unknown !== undefined) {
    const option = unknown.length === 1 ? `-${unknown}` : `--${unknown}`;
    throw usageError(`cannot run ${command}`, `there is no option ${option}`, command);
  }
  const rest = Array.isArray(args["_"]) ? args["_"] : [];
  if (rest.length > 0) {
    throw usageError(`cannot run ${command}`, `"${rest[0]}" is one word too many`, command);
  }
  if (args["device"] === "") {
    throw usageError(`cannot run ${command}`, "--device needs a path", command);
  }
}
