// SPDX-License-Identifier: BSD-3-Clause
// The examples, and every snippet of the README, end well.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folder } from "../knem.mjs";

const long = process.argv.includes("long");

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

const example = (name, ...args) => run(join(folder, "examples", name), ...args.map(String));

export default {
  "two processes play ping-pong": () => {
    assert.match(example("pingpong.js", 300_000, 20), /^20 rounds of 300000 bytes: /);
  },
  "worker processes share a table": () => {
    const mebibytes = long ? 1024 : 18;
    const told = example("share.js", mebibytes, 2);
    assert.match(told, new RegExp(`^2 workers added up ${mebibytes} MiB in `));
    console.log(`# ${told.trim()}`);
  },
  "every snippet of the README ends well": () => {
    const text = readFileSync(join(folder, "README.md"), "utf8");
    const snippets = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);
    assert.ok(snippets.length > 3);
    // Beside the package, where they find it; all in one process.
    const files = snippets.map((_, index) => join(folder, `snippet${index}.mjs`));
    for (const [index, snippet] of snippets.entries()) writeFileSync(files[index], snippet);
    try {
      const imports = files.map((file) => `await import(${JSON.stringify(file)});`);
      const told = run("--input-type=module", "--eval", imports.join("\n"));
      for (const words of ["world", "KNEM_MOVABLE_MEMORY", "5000 0 7", "done"])
        assert.ok(told.split("\n").includes(words), told);
    } finally {
      for (const file of files) rmSync(file);
    }
  },
};
