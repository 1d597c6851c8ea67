// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";

/** What citty hands to a command: its options by name, and the rest. */
export interface Parsed {
  readonly args: Readonly<Record<string, unknown>>;
  readonly cmd: { readonly args?: unknown };
}

/** What is read of the definition of an argument. */
interface Defined {
  readonly type?: string;
  readonly valueHint?: string;
}

/** A mistake on the command line. */
export function usageError(what: string, why: string, command = "knem"): KnemError {
  return new KnemError({ code: "KNEM_USAGE", what, why, remedy: `see ${command} --help` });
}

/** Refuses what a command did not ask for; citty lets it pass. */
export function refuseUnknown({ args, cmd }: Parsed, command: string): void {
  const defined = Object.entries((cmd.args ?? {}) as Readonly<Record<string, Defined>>);
  const known = new Set(["_", ...defined.map(([name]) => name)]);
  // citty adds the camelCase form of every name.
  const given = Object.keys(args).map((name) =>
    name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`),
  );
  const unknown = given.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const option = unknown.length === 1 ? `-${unknown}` : `--${unknown}`;
    throw usageError(`cannot run ${command}`, `there is no option ${option}`, command);
  }
  const words = Array.isArray(args["_"]) ? args["_"] : [];
  const rest = words.slice(defined.filter(([, { type }]) => type === "positional").length);
  if (rest.length > 0) {
    throw usageError(`cannot run ${command}`, `"${rest[0]}" is one word too many`, command);
  }
  const texts = defined.filter(([, { type }]) => type === "string");
  for (const [name, { valueHint = "value" }] of texts) {
    const why = mistaken(name, args[name], valueHint);
    if (why !== undefined) throw usageError(`cannot run ${command}`, why, command);
  }
}

/** What is wrong with the value of an option: citty takes for it whatever follows, also another option. */
function mistaken(name: string, value: unknown, hint: string): string | undefined {
  if (value === false) return `there is no option --no-${name}`;
  if (value === "") return `--${name} needs a ${hint}`;
  const option = typeof value === "string" && value.startsWith("--");
  return option ? `--${name} needs a ${hint}, and "${value}" is an option` : undefined;
}

/** Refuses options that do not go together; with `only`, those that need that one. */
export function alone(command: string, given: Readonly<Record<string, unknown>>, only?: string) {
  const names = Object.keys(given).filter(
    (name) => given[name] !== undefined && given[name] !== false,
  );
  const [first, second] = names;
  if (only !== undefined && first !== undefined)
    throw usageError(`cannot run ${command}`, `--${first} is for --${only} alone`, command);
  if (only === undefined && second !== undefined)
    throw usageError(
      `cannot run ${command}`,
      `--${first} and --${second} do not go together`,
      command,
    );
}
