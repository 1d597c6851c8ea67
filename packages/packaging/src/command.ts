// SPDX-License-Identifier: BSD-3-Clause
import { readFile, realpath } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, join, relative } from "node:path";
import { exists, sourceFiles } from "@knem/kernels";
import { completions } from "./completion.js";
import type { Entry } from "./entry.js";

/** What of a package runs, and the licences it comes under; nothing that only compilers and people read. */
const RUNS = /(\.[cm]?js$|^LICENSE|LICENSES\.md$)/;
const ASIDE = /^(src|test)\//;

/** The parts of the command that are compiled. */
export interface Compiled {
  /** What packages/knem loads. */
  readonly binding: string;
  /** The program that measures. */
  readonly bench: string;
}

/** The `knem` command whole: the program of packages/knem, what is compiled, and the packages that it imports. */
export async function commandTree(
  checkout: string,
  { binding, bench }: Compiled,
  version: string,
): Promise<Entry[]> {
  const home = join(checkout, "packages/knem");
  const manifest = { name: "knem", version, type: "module", exports: "./dist/index.js" };
  const entries = [
    { to: "package.json", content: { text: `${JSON.stringify(manifest, null, 2)}\n` } },
    { to: basename(binding), content: { file: binding } },
    { to: "bin/knem.js", content: { text: await program(home), runs: true } },
    { to: "bin/knem-bench", content: { file: bench } },
    ...(await running(home, ["dist"], "")),
    ...(await schemas(home)),
    ...(await completions(home)),
    ...(await imported(home)),
  ];
  return [...new Map(entries.map((entry) => [entry.to, entry])).values()];
}

/** What starts the command; as part of a system it asks for the system's Node. */
async function program(home: string): Promise<string> {
  const text = await readFile(join(home, "bin/knem.js"), "utf8");
  return text.replace(/^#!.*/, "#!/usr/bin/node");
}

/** What describes the command's JSON documents. */
async function schemas(home: string): Promise<Entry[]> {
  const files = await sourceFiles(join(home, "schema"));
  return files.map((file) => ({ to: relative(home, file), content: { file } }));
}

/** The packages that one imports, and those that they import, all in one folder. */
async function imported(home: string): Promise<Entry[]> {
  const { dependencies = {} } = JSON.parse(await readFile(join(home, "package.json"), "utf8"));
  const each = Object.keys(dependencies).map(async (name) => {
    const folder = await folderOf(name, home);
    const to = `node_modules/${name}`;
    const manifest = { to: `${to}/package.json`, content: { file: join(folder, "package.json") } };
    return [manifest, ...(await running(folder, ["."], to)), ...(await imported(folder))];
  });
  return (await Promise.all(each)).flat();
}

/** Where Node finds a package that is imported by another. */
async function folderOf(name: string, home: string): Promise<string> {
  const places = createRequire(join(home, "package.json")).resolve.paths(name) ?? [];
  for (const place of places) {
    if (await exists(join(place, name))) return realpath(join(place, name));
  }
  throw new Error(`${name} is not installed, though ${home} imports it`);
}

async function running(home: string, parts: readonly string[], to: string): Promise<Entry[]> {
  const found = await Promise.all(parts.map((part) => sourceFiles(join(home, part))));
  const names = found.flat().map((file) => relative(home, file));
  const wanted = names.filter((name) => RUNS.test(basename(name)) && !ASIDE.test(name));
  return wanted.map((name) => ({ to: join(to, name), content: { file: join(home, name) } }));
}
