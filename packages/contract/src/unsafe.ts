// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** The page, from the checkout's top. */
export const UNSAFE_PAGE = "docs/unsafe.md";

/** How often a file says `unsafe`, and of what. */
export interface Unsafe {
  /** From the checkout's top, with `/`. */
  readonly file: string;
  readonly blocks: number;
  /** Promises about a whole type, such as that it may be shared. */
  readonly impls: number;
  /** Functions, and foreign declarations, that ask something of their callers. */
  readonly functions: number;
}

/** What is shipped; tests and the programs of guests are not. */
const shipped = [/^kernel-rs\/.*\.rs$/, /^crates\/(knem|knem-node)\/src\/.*\.rs$/];

/** The files of a checkout that say `unsafe`, sorted. */
export async function findUnsafe(checkout: string): Promise<Unsafe[]> {
  const tops = ["kernel-rs", "crates"];
  const lists = tops.map(async (top) => {
    const found = await readdir(join(checkout, top), { recursive: true });
    return found.map((path) => `${top}/${path}`);
  });
  const files = (await Promise.all(lists)).flat().sort();
  const wanted = files.filter((file) => shipped.some((pattern) => pattern.test(file)));
  const counted = wanted.map(async (file) =>
    unsafeIn(await readFile(join(checkout, file), "utf8"), file),
  );
  const all = await Promise.all(counted);
  return all.filter(({ blocks, impls, functions }) => blocks + impls + functions > 0);
}

/** Counts in the text of a file; what comments and strings say does not count. */
export function unsafeIn(text: string, file: string): Unsafe {
  const code = text.replaceAll(/\/\/.*|"(?:\\.|[^"\\])*"/g, "");
  const count = (pattern: RegExp) => [...code.matchAll(pattern)].length;
  return {
    file,
    blocks: count(/\bunsafe\s*\{/g),
    impls: count(/\bunsafe\s+impl\b/g),
    functions: count(/\bunsafe\s+(?:fn|extern)\b/g),
  };
}

/** All files together. */
export function sumOf(all: readonly Unsafe[]): Unsafe {
  const sum = (key: "blocks" | "impls" | "functions") =>
    all.reduce((total, one) => total + one[key], 0);
  return {
    file: `${all.length} files`,
    ...{ blocks: sum("blocks"), impls: sum("impls"), functions: sum("functions") },
  };
}

const head = `<!-- Made from the sources by \`pnpm contract\`; not to be edited. -->

# Where the code is unsafe

Each block says in a comment why it is sound where it stands, and clippy refuses one that does not. In the module they
are in \`host\` alone, beside what Linux asks for; nothing else can break the rules of memory.

| file | blocks | impls | functions |
|---|---|---|---|
`;

/** docs/unsafe.md. */
export function unsafePage(all: readonly Unsafe[]): string {
  const row = ({ blocks, impls, functions }: Unsafe, name: string) =>
    `| ${name} | ${blocks} | ${impls} | ${functions} |\n`;
  const rows = all.map((one) => row(one, `[${one.file}](../${one.file})`));
  return head + rows.join("") + row(sumOf(all), "all");
}
