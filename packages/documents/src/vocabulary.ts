// SPDX-License-Identifier: BSD-3-Clause
import { wordsOf } from "./shell.js";

/** What commands there are. */
export interface Vocabulary {
  /** The commands of `knem`, each with its options, without dashes. */
  readonly knem: ReadonlyMap<string, readonly string[]>;
  /** The scripts of package.json. */
  readonly scripts: ReadonlySet<string>;
}

/** What a command line names that is not there; nothing if it is about something else. */
export function unknownWords(line: string, vocabulary: Vocabulary): string[] {
  return wordsOf(line).flatMap((words) => {
    const knem = afterKnem(words);
    return [...unknownScript(words, vocabulary), ...(knem ? unknownIn(knem, vocabulary) : [])];
  });
}

/** What follows `knem`, `npx knem`, `npm run knem --`. */
function afterKnem([first = "", second, third, fourth, ...rest]: readonly string[]) {
  if (/^(\S*\/)?knem$/.test(first)) return present(second, third, fourth, ...rest);
  if (first === "npx" && second === "knem") return present(third, fourth, ...rest);
  if (first === "npm" && second === "run" && third === "knem" && fourth === "--") return rest;
  return undefined;
}

const present = (...words: (string | undefined)[]) => words.filter((word) => word !== undefined);

function unknownIn([command, ...rest]: readonly string[], { knem }: Vocabulary): string[] {
  if (command === undefined || command === "--help" || command === "--version") return [];
  const options = knem.get(command);
  if (!options) return [`there is no command knem ${command}`];
  return rest
    .flatMap((word) => /^--([\w-]+)/.exec(word)?.[1] ?? [])
    .filter((option) => !options.includes(option))
    .map((option) => `knem ${command} has no option --${option}`);
}

/** What npm and pnpm do by themselves, of all that they do. */
const own = new Set(["install", "ci", "exec", "add", "run", "start", "test"]);

function unknownScript(
  [first, second = "", third = ""]: readonly string[],
  { scripts }: Vocabulary,
) {
  const named = { npm: second === "run" ? third : "", pnpm: own.has(second) ? "" : second };
  const script = first === "npm" || first === "pnpm" ? named[first] : "";
  if (script === "" || script.startsWith("-") || scripts.has(script)) return [];
  return [`package.json has no script ${script}`];
}
