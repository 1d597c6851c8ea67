// SPDX-License-Identifier: BSD-3-Clause
import { defineCommand } from "citty";
import { scripts } from "../completion/script.js";
import { type Commands, shells, vocabulary } from "../completion/vocabulary.js";
import { refuseUnknown, usageError } from "../usage.js";

const NAME = "knem completion";

/** The command that completes these. */
export const completion = (commands: Commands) =>
  defineCommand({
    meta: { name: "completion", description: "What a shell reads to complete this command" },
    args: {
      shell: { type: "positional", required: false, description: "bash, zsh or fish" },
    },
    async run(context) {
      refuseUnknown(context, NAME);
      const { shell } = context.args;
      const found = shells.find((one) => one === shell);
      if (!found) {
        const why = shell === undefined ? "no shell was named" : `"${shell}" is not known`;
        throw usageError(`cannot run ${NAME}`, `${why}; there are ${shells.join(", ")}`, NAME);
      }
      console.log(scripts[found](await vocabulary(commands)));
    },
  });
