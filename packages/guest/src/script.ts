// SPDX-License-Identifier: BSD-3-Clause

/** A module as the guest loads it: where it lies there, its name in the kernel, its parameters. */
export interface LoadedModule {
  readonly path: string;
  readonly name: string;
  readonly parameters: readonly string[];
  readonly unload: boolean;
}

/** A word that a POSIX shell reads as exactly this text. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** The lines with which init.sh loads the modules, in their order. */
export function loadScript(modules: readonly LoadedModule[]): string {
  return modules.map((m) => `load ${[m.path, ...m.parameters].map(quote).join(" ")}\n`).join("");
}

/** The lines with which init.sh unloads them, the last one first. */
export function unloadScript(modules: readonly LoadedModule[]): string {
  const order = modules.filter((m) => m.unload).reverse();
  return order.map((m) => `unload ${quote(m.name)}\n`).join("");
}

/** The script that becomes the command, with the given environment and nothing of init's but PATH and HOME. */
export function commandScript(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): string {
  const all = { PATH: "/usr/bin:/usr/sbin", HOME: "/root", ...env };
  const words = Object.entries(all).map(([name, value]) => quote(`${name}=${value}`));
  return `cd /\nexec env -i ${[...words, ...command.map(quote)].join(" ")}\n`;
}
