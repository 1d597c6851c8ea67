// SPDX-License-Identifier: BSD-3-Clause

/**
 * The text of a region of a program, between the comments `[name]` and `[/name]`, without its indentation; undefined
 * if there is none, or more than one.
 */
export function regionOf(program: string, name: string): string | undefined {
  const lines = program.split("\n");
  const marked = (mark: string) =>
    lines.flatMap((line, at) =>
      new RegExp(`^\\s*(/\\*|//|#) \\[${mark}\\]`).test(line) ? [at] : [],
    );
  const [[start, ...more], [end, ...others]] = [marked(name), marked(`/${name}`)];
  if (start === undefined || end === undefined || more.length + others.length > 0) return undefined;
  return dedented(lines.slice(start + 1, end));
}

function dedented(lines: readonly string[]): string {
  const indents = lines.filter((line) => line !== "").map((line) => /^\s*/.exec(line)?.[0] ?? "");
  const [least = ""] = indents.sort((a, b) => a.length - b.length);
  return lines.map((line) => line.slice(least.length)).join("\n");
}
