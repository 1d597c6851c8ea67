// SPDX-License-Identifier: BSD-3-Clause
import type { KnemError } from "@knem/errors";
import { defineCommand } from "citty";
import { packaging } from "../packaging.js";
import { refuseUnknown, usageError } from "../usage.js";

const NAME = "knem package";

const selecting = ["kernel", "flavour", "suite", "all"] as const;

export default defineCommand({
  meta: { name: "package", description: "Makes packages: the source, deb, rpm, or built modules" },
  args: {
    kind: { type: "positional", required: false, description: "tarball, deb, rpm or kmod" },
    "dry-run": { type: "boolean", description: "show what would be made, and from what; no more" },
    json: { type: "boolean", description: "one JSON object for programs" },
    out: { type: "string", valueHint: "folder", description: "instead of build/packages" },
    kernel: { type: "string", valueHint: "series", description: "kmod: kernels such as 7.3" },
    flavour: { type: "string", valueHint: "name", description: "kmod: kernels of this flavour" },
    suite: { type: "string", valueHint: "name", description: "kmod: kernels of this suite" },
    all: { type: "boolean", description: "kmod: every kernel that is known" },
  },
  async run(context) {
    refuseUnknown(context, NAME);
    const { kind, out, json, "dry-run": dry, kernel, flavour, suite, all } = context.args;
    const { apply, catchInterrupts, kinds, madeTable, orderOf, plan, planDocument, planTable } =
      await packaging("make packages", "package");
    const known = kinds.find((one) => one === kind);
    if (!known) throw unknownKind(kind, kinds);
    const aside = selecting.find((name) => known !== "kmod" && context.args[name] !== undefined);
    if (aside)
      throw usageError(`cannot run ${NAME} ${known}`, `--${aside} is for kmod alone`, NAME);
    catchInterrupts();
    const planned = await plan(orderOf({ kind: known, out, kernel, flavour, suite, all }));
    if (!json) console.log(planTable(planned));
    const made = dry ? undefined : await apply(planned);
    if (json)
      console.log(JSON.stringify({ ...planDocument(planned), made: made ?? null }, null, 2));
    else if (made) console.log(`\n${madeTable(made)}`);
  },
});

function unknownKind(kind: string | undefined, kinds: readonly string[]): KnemError {
  const why = kind === undefined ? "nothing to make was named" : `"${kind}" cannot be made`;
  return usageError(`cannot run ${NAME}`, `${why}; there are ${kinds.join(", ")}`, NAME);
}
