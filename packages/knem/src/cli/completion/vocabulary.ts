// SPDX-License-Identifier: BSD-3-Clause
import type { ArgDef, ArgsDef, CommandDef } from "citty";
import { kinds } from "../bench/kinds.js";
import { parameters } from "../params/table.js";

/** Commands, which are loaded when they are needed. */
export type Commands = Readonly<Record<string, () => Promise<CommandDef>>>;

/** An option of a command. */
export interface Option {
  readonly name: string;
  readonly description: string;
  /** What follows it: nothing, the name of a file, or something else. */
  readonly value: "none" | "file" | "other";
}

/** A command as shells complete it. */
export interface Word {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Option[];
  /** What may stand where no option does. */
  readonly words: readonly string[];
}

/** The shells that there are scripts for. */
export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** What can be packed, as packages/packaging says: a test holds one against the other. */
export const packed: readonly string[] = ["tarball", "deb", "rpm", "kmod"];

const positional: Readonly<Record<string, readonly string[]>> = {
  bench: Object.keys(kinds),
  completion: shells,
  package: packed,
  params: parameters.map(({ name }) => name),
};

/** The commands with their options, from their own definitions. */
export async function vocabulary(commands: Commands): Promise<Word[]> {
  const all = Object.entries(commands).map(async ([name, load]) => word(name, await load()));
  return Promise.all(all);
}

async function word(name: string, { meta, args }: CommandDef): Promise<Word> {
  const { description = "" } = (await resolved(meta)) ?? {};
  const defined: ArgsDef = (await resolved(args)) ?? {};
  const options = Object.entries(defined)
    .filter(([, { type }]) => type !== "positional")
    .map(([option, one]): Option => {
      const { description = "" } = one;
      return { name: option, description, value: following(one) };
    });
  const help: Option = { name: "help", description: "explain the command", value: "none" };
  return { name, description, options: [...options, help], words: positional[name] ?? [] };
}

/** citty lets a part of a definition be a promise, or a function that gives one. */
async function resolved<T extends object>(
  part: T | Promise<T> | (() => T | Promise<T>) | undefined,
): Promise<T | undefined> {
  return typeof part === "function" ? part() : part;
}

function following(one: ArgDef): Option["value"] {
  if (one.type === "boolean") return "none";
  return ["file", "folder", "path"].includes(one.valueHint ?? "") ? "file" : "other";
}
