// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A place in a test that names the rule which it proves. */
export interface Proof {
  readonly id: string;
  /** From the checkout's top, with `/`. */
  readonly file: string;
}

/** Where tests lie; each with the names of those that count. */
const places: readonly { folder: string; name: RegExp }[] = [
  { folder: "crates", name: /\.rs$/ },
  { folder: "examples", name: /\.(c|cpp)$/ },
  // This package's own tests hold samples.
  { folder: "packages", name: /^(?!contract\/)[^/]+\/test\/.*\.test\.ts$/ },
];

const product = /(^|\/)(node_modules|target|dist)\//;

/** The proofs in a file's text, each rule once. */
export function proofsIn(text: string, file: string): Proof[] {
  const ids = [...text.matchAll(/\bproves\(\s*"([^"]+)",?\s*\)/g)].map((match) => match[1] ?? "");
  return [...new Set(ids)].map((id) => ({ id, file }));
}

/** All proofs of a checkout, sorted by file. */
export async function findProofs(checkout: string): Promise<Proof[]> {
  const files = await Promise.all(
    places.map(async ({ folder, name }) => {
      const found = await readdir(join(checkout, folder), { recursive: true });
      const wanted = found.filter((path) => name.test(path) && !product.test(path));
      return wanted.map((path) => `${folder}/${path}`);
    }),
  );
  const read = async (file: string) => proofsIn(await readFile(join(checkout, file), "utf8"), file);
  return (await Promise.all(files.flat().sort().map(read))).flat();
}
