// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { must } from "@knem/kernels";
import type { Entry } from "./entry.js";

/** What shells read to complete the command, by the names under which they look for it. */
const files = { bash: "knem.bash", zsh: "_knem", fish: "knem.fish" } as const;

/** The completions of the command of packages/knem, as it prints them itself. Errors: COMMAND_FAILED. */
export function completions(home: string): Promise<Entry[]> {
  const each = Object.entries(files).map(async ([shell, name]) => {
    const args = [join(home, "bin/knem.js"), "completion", shell];
    const what = `the completions for ${shell} could not be written`;
    const { stdout: text } = await must(what, process.execPath, args);
    return { to: `completion/${name}`, content: { text } };
  });
  return Promise.all(each);
}
