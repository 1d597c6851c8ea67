// SPDX-License-Identifier: BSD-3-Clause
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { commands } from "../../src/cli/commands.js";
import { folder } from "../package.js";

/** Tells of every module that is loaded, on a descriptor of its own. */
const hooks = `import { writeSync } from "node:fs";
export async function load(url, context, next) { writeSync(3, url + "\\n"); return next(url, context); }`;
const script = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;
const telling = script(
  `import { register } from "node:module"; register(${JSON.stringify(script(hooks))});`,
);

/** The modules of this project and of others that a run of the built command loads, in the order of their names. */
const loaded = (...args: readonly string[]) => run(join(folder, "bin", "knem.js"), ...args);

/** The same of a program for Node. */
function run(...program: readonly string[]): string[] {
  const command = ["--import", telling, ...program];
  const stdio = ["ignore", "pipe", "pipe", "pipe"] as const;
  const { output } = spawnSync(process.execPath, command, { encoding: "utf8", stdio: [...stdio] });
  const urls = (output[3] ?? "").split("\n").filter((url) => /^file:.*\.m?js$/.test(url));
  // packages/NAME/dist/FILE, or node_modules/NAME/FILE.
  const short = (url: string) => url.replace(/^.*\/(node_modules|packages)\//, "");
  return urls.map(short).sort();
}

// What is added here takes its time at every start of the command: a timer that reads the statistics starts it often.
it("knem stats loads what it needs, and no more", () => {
  expect(loaded("stats", "--device", "/nowhere/knem")).toEqual([
    "citty/dist/_chunks/libs/scule.mjs",
    "citty/dist/index.mjs",
    "errors/dist/index.js",
    "knem/bin/knem.js",
    "knem/dist/cli/answer.js",
    "knem/dist/cli/commands.js",
    "knem/dist/cli/commands/stats.js",
    "knem/dist/cli/entry.js",
    "knem/dist/cli/exit.js",
    "knem/dist/cli/main.js",
    "knem/dist/cli/number.js",
    "knem/dist/cli/options.js",
    "knem/dist/cli/stats/document.js",
    "knem/dist/cli/usage.js",
    "knem/dist/cli/version.js",
    "knem/dist/errors.js",
    "knem/dist/native.js",
    "knem/dist/statistics.js",
    "picocolors/picocolors.js",
  ]);
});

it("what knem stats shows to people does not need the API for copies", () => {
  const text = pathToFileURL(join(folder, "dist", "cli", "stats", "text.js")).href;
  expect(run("--eval", `import(${JSON.stringify(text)})`)).toEqual([
    "errors/dist/index.js",
    "knem/dist/cli/flags.js",
    "knem/dist/cli/histogram.js",
    "knem/dist/cli/stats/text.js",
    "knem/dist/cli/table.js",
    "knem/dist/cli/units.js",
    "knem/dist/errors.js",
    "knem/dist/names.js",
    "knem/dist/native.js",
    "picocolors/picocolors.js",
  ]);
});

it.each(Object.keys(commands))("knem %s loads no other command", (name) => {
  const files = loaded(name, "--help").filter((file) => file.startsWith("knem/dist/cli/commands/"));
  expect(files).toEqual([`knem/dist/cli/commands/${name}.js`]);
});

it("figures and packages are not made ready before they are asked for", () => {
  for (const name of ["bench", "install", "package"])
    expect(loaded(name, "--help").join("\n")).not.toMatch(/^(figures|packaging)\//m);
});
