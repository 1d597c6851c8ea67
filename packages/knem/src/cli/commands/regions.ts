// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import { defineCommand } from "citty";
import { type Activity, statistics } from "../../statistics.js";
import { answer, reported } from "../answer.js";
import { options } from "../options.js";
import { printable } from "../printable.js";
import { type Listing, listing } from "../regions/listing.js";
import { System } from "../system.js";
import { columns } from "../table.js";
import { bytes, counted } from "../units.js";
import { refuseUnknown } from "../usage.js";

export default defineCommand({
  meta: { name: "regions", description: "Who has the device open, and the regions there are" },
  args: options,
  run(context) {
    refuseUnknown(context, "knem regions");
    const { json, device } = context.args;
    const { told, problem } = answer(() => statistics(device));
    const listed = told && listing(told.other);
    const why = problem ?? (listed ? undefined : notListed());
    const system = new System();
    const command = (process: number) => commandOf(system, process);
    if (json) console.log(JSON.stringify(document(listed, told?.activity, command, why), null, 2));
    else if (told) console.log(text(listed, told.activity, command));
    if (why) throw why;
  },
});

/** What a process is called, if it is still there to be asked. */
type Command = (process: number) => string | null;

/** The same of a machine: a process names itself as it likes. */
export function commandOf(system: System, process: number): string | null {
  const name = system.text(`/proc/${process}/comm`);
  return name === undefined ? null : printable(name.replace(/\n$/, ""));
}

/** The JSON document, as schema/regions.json has it. */
export function document(
  listed: Listing | undefined,
  activity: Activity | undefined,
  of: Command,
  problem?: KnemError,
) {
  const contexts = listed?.contexts.map((one) => ({ ...one, command: of(one.process) }));
  const total = activity && {
    contexts: activity.contexts,
    regions: activity.regions,
    pinnedBytes: activity.pinnedBytes,
  };
  return {
    contexts: contexts ?? null,
    hidden: listed?.hidden ?? null,
    total: total ?? null,
    problem: reported(problem),
  };
}

/** The same for a person. */
export function text(
  listed: Listing | undefined,
  activity: Activity | undefined,
  of: Command,
): string {
  const rows = listed?.contexts.map(({ process, context, regions }) => {
    const once = regions.filter(({ singleUse }) => singleUse).length;
    const cells = [process, of(process) ?? "-", `#${context}`, regions.length, once];
    return cells.map(String);
  });
  const header = ["process", "command", "context", "regions", "of single use"];
  const lines = rows ? columns(header, rows) : [];
  if (listed?.hidden) lines.push(`and ${counted(listed.hidden, "context")} of other users`);
  if (activity) {
    const { contexts, regions, pinnedBytes } = activity;
    const there = [counted(contexts, "context"), counted(regions, "region")];
    lines.push(`${there.join(", ")}, ${bytes(pinnedBytes)} pinned`);
  }
  return lines.join("\n");
}

function notListed(): KnemError {
  return new KnemError({
    code: "KNEM_NOT_LISTED",
    what: "cannot list the regions",
    why: "the module lists them only if its parameter statsverbose is 1",
    remedy: "as root: knem params statsverbose=1",
  });
}
