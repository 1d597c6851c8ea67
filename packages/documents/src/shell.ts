// SPDX-License-Identifier: BSD-3-Clause

/** The commands of a shell block, one for each line: continued lines are joined, comments left out. */
export function commandsOf(script: string): string[] {
  const lines = script.replaceAll(/\\\n\s*/g, "").split("\n");
  return lines.map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter((line) => line !== "");
}

/** What stands before a command without being one: assignments, and who runs it. */
const prefix = /^(?:(?:\w+=\S*|sudo)\s+)*/;

/** The simple commands of a line, as words: of `A=1 sudo b | c d`, `b` and `c d`. */
export function wordsOf(line: string): string[][] {
  return line
    .split(/\|\|?|&&|;|<\(|\$\(|[()]/)
    .map((part) => part.trim().replace(prefix, ""))
    .filter((part) => part !== "")
    .map((part) => part.split(/\s+/));
}
