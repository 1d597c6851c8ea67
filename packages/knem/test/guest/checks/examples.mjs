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
  ...(long && {
    "two processes play ping-pong": () => {
      assert.match(example("pingpong.js", 300_000, 20), /^20 rounds of 300000 bytes: /);
    },
  }),
  "worker processes share a table": () => {
    const mebibytes = long ? 1024 : 10;
    const told = example("share.js", mebibytes, 2);
    assert.match(told, new RegExp(`^2 workers added up ${mebibytes} MiB in `));
    console.log(`# ${told.trim()}`);
  },
  "every snippet of the README ends well": () => {
    const text = readFileSync(join(folder, "README.md"), "utf8");
    const snippets = [...text.matchAll(/^```js[^\n]*\n(.*?)^```$/gms)].map(([, code]) => code);
    assert.ok(snippets.length > 3);
    // Beside the package, where they find it; all in one process.
    const names = snippets.map((_, index) => `snippet${index}.mjs`);
    const files = new Map(names.map((name, index) => [name, snippets[index]]));
    files.set("snippets.mjs", names.map((name) => `import "./${name}";\n`).join(""));
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
    try {
      const told = run(join(folder, "snippets.mjs"));
      for (const words of ["world", "KNEM_MOVABLE_MEMORY", "5000 0 7", "done"])
        assert.ok(told.split("\n").includes(words), told);
    } finally {
      for (const name of files.keys()) rmSync(join(folder, name));
    }
  },
};
