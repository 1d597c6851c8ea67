// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import { render } from "@knem/errors";
import { type CommandDef, renderUsage, runCommand } from "citty";
import colors from "picocolors";
import { exit, exitHelp, exitStatus } from "./exit.js";
import { usageError } from "./usage.js";

const commands = {
  stats: () => import("./commands/stats.js").then((module) => module.default),
  info: () => import("./commands/info.js").then((module) => module.default),
  package: () => import("./commands/package.js").then((module) => module.default),
};

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
  if (!isCommand(name)) throw usageError(`cannot run knem ${name}`, "there is no such command");
  // Each knows its own arguments; here they are all alike.
  const command = (await commands[name]()) as unknown as CommandDef;
  if (rest.includes("--help") || rest.includes("-h")) return help(command, knem);
  await runCommand(command, { rawArgs: rest });
}

function isCommand(name: string): name is keyof typeof commands {
  return Object.hasOwn(commands, name);
}

/** citty colours without looking where it writes to. */
async function help(command: CommandDef, parent?: CommandDef): Promise<void> {
  const text = `${await renderUsage(command, parent)}\n\n${exitHelp}`;
  console.log(colors.isColorSupported ? text : stripVTControlCharacters(text));
}

function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  const known = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return known ? String(manifest.version) : "unknown";
}
