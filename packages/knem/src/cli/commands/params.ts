// SPDX-License-Identifier: BSD-3-Clause
import { defineCommand } from "citty";
import colors from "picocolors";
import { change, isLoaded, named, notLoaded, type Value, values } from "../params/values.js";
import { System } from "../system.js";
import { columns } from "../table.js";
import { refuseUnknown } from "../usage.js";

const NAME = "knem params";

export default defineCommand({
  meta: { name: "params", description: "The module's parameters: what they are, and to set them" },
  args: {
    parameter: {
      type: "positional",
      required: false,
      description: "NAME, or NAME=VALUE to set it",
    },
    json: { type: "boolean", description: "one JSON object for programs" },
  },
  run(context) {
    refuseUnknown(context, NAME);
    const { parameter, json } = context.args;
    const system = new System();
    const [name, ...rest] = parameter?.split("=") ?? [];
    if (name !== undefined && rest.length > 0) change(system, name, rest.join("="));
    const shown = name === undefined ? values(system) : [named(system, name, NAME)];
    const loaded = isLoaded(system);
    console.log(
      json ? JSON.stringify({ loaded, parameters: shown }, null, 2) : text(shown, loaded),
    );
    if (!loaded) throw notLoaded("cannot tell what the parameters are at the moment");
  },
});

/** The parameters for a person; what is not as it comes stands out. */
export function text(shown: readonly Value[], loaded: boolean): string {
  const header = [
    "parameter",
    ...(loaded ? ["value"] : []),
    "default",
    "change",
    "what it decides",
  ];
  const rows = shown.map((one) => [
    one.name,
    ...(loaded ? [one.value ?? "-"] : []),
    one.default,
    one.live ? "any time" : "at load",
    one.explanation,
  ]);
  const [head = "", ...lines] = columns(header, rows);
  const changed = ({ value, default: usual }: Value) => value !== null && value !== usual;
  const body = lines.map((line, at) => {
    const one = shown[at];
    return one && changed(one) ? colors.cyan(line) : line;
  });
  return [colors.bold(head), ...body].join("\n");
}
