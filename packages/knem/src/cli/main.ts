// SPDX-License-Identifier: BSD-3-Clause
import { stripVTControlCharacters } from "node:util";
import { render } from "@knem/errors";
import { type CommandDef, renderUsage, runCommand } from "citty";
import colors from "picocolors";
import { commands } from "./commands.js";
import { exit, exitHelp, exitStatus } from "./exit.js";
import { usageError } from "./usage.js";
import { version } from "./version.js";

const knem: CommandDef = {
  meta: { name: "knem", version: version(), description: "Looks after the KNEM kernel module" },
  subCommands: commands,
};

/** Does what the command line says and returns the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    await dispatch(args);
    return exit.success;
  } catch (error) {
    console.error(render(error));
    return exitStatus(error);
  }
}

async function dispatch([name, ...rest]: readonly string[]): Promise<void> {
  if (name === "--version" || name === "-v") return console.log(version());
  if (name === "--help" || name === "-h") return help(knem);
  if (name === undefined) throw usageError("there is nothing to do", "no command was given");
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw usageError(`cannot run knem ${name}`, "there is no such command");
  const command = await load();
  if (rest.includes("--help") || rest.includes("-h")) return help(command, knem);
  await runCommand(command, { rawArgs: rest });
}

/** citty colours without looking where it writes to. */
async function help(command: CommandDef, parent?: CommandDef): Promise<void> {
  const text = `${await renderUsage(command, parent)}\n\n${exitHelp}`;
  console.log(colors.isColorSupported ? text : stripVTControlCharacters(text));
}
