// SPDX-License-Identifier: BSD-3-Clause

import type { Sheet } from "@knem/figures";
import type { BenchDocument } from "../document.js";
import { instructionGoals } from "../goals.js";
import { pageKinds } from "../kinds.js";
import type { FunctionCost } from "./fold.js";
import { type Owner, owners } from "./owner.js";
import { total } from "./profile.js";
import { byOwner, pageCosts } from "./query.js";
import { subjectName } from "./subject.js";

/** The limit of the goal that a row shows more of. */
const limitOf = (name: string) => instructionGoals.find(({ seen }) => seen === name)?.limit;

/** A name and where its instructions go. */
interface Row {
  readonly name: string;
  readonly functions: readonly FunctionCost[];
}

/** Every call, then what a page costs in copies that are of many. */
function rowsOf(document: BenchDocument): Row[] {
  const calls = document.profiles.map((one) => ({
    name: subjectName(one),
    functions: one.functions,
  }));
  const pages = (["inline-copy", "process_vm_readv"] as const).flatMap((call) =>
    pageKinds.flatMap((kind) => {
      const functions = pageCosts(document, call, kind);
      return functions ? [{ name: `${call}, every 4 KiB more, ${kind}`, functions }] : [];
    }),
  );
  return [...calls, ...pages];
}

/** What is not the module's own, the most inevitable first. */
const others = owners.filter((owner): owner is Exclude<Owner, "module"> => owner !== "module");

/** Whose the instructions of every call are: what would remain if the module's own were none, and what is its own. */
export function ownerSheet(document: BenchDocument): Sheet {
  const shown = (value: number) => String(Math.round(value));
  const rows = rowsOf(document).map(({ name, functions }) => {
    const sums = byOwner(functions);
    const all = total({ functions });
    const limit = limitOf(name);
    return [
      name,
      limit === undefined ? "" : `≤ ${limit}`,
      ...[all, sums.module, all - sums.module].map(shown),
      ...others.map((owner) => shown(sums[owner])),
    ];
  });
  return {
    title: "Whose the instructions are",
    header: ["call", "goal", "all", "module", "the rest", ...others],
    rows,
  };
}

/** The functions of every row; or of those alone that a goal is set for, what is below 1 % being one line of it. */
export function functionSheets(document: BenchDocument, all: boolean): Sheet[] {
  return rowsOf(document)
    .filter(({ name }) => all || limitOf(name) !== undefined)
    .filter(({ functions }) => total({ functions }) >= 1)
    .map((row) => functionSheet(row, all ? 0 : 0.01));
}

/** `least` is the share of a call from which on a function has a line of its own. */
function functionSheet({ name: title, functions }: Row, least: number): Sheet {
  const all = total({ functions });
  const shown = (value: number) => String(Number(value.toFixed(1)));
  const cells = (name: string, owner: string, calls: string, instructions: number) => [
    ...[name, owner, calls, shown(instructions)],
    all > 0 ? `${((instructions / all) * 100).toFixed(1)} %` : "",
  ];
  const large = functions.filter(({ instructions }) => instructions >= all * least);
  const rest = functions.filter((one) => !large.includes(one));
  const rows = large.map(({ name, owner, calls, instructions }) =>
    cells(name, name === owner ? "" : owner, name === owner ? "" : shown(calls), instructions),
  );
  if (rest.length > 0)
    rows.push(
      cells(
        rest.length > 1 ? `${rest.length} others` : "1 other",
        "",
        "",
        total({ functions: rest }),
      ),
    );
  return {
    title: `${title}: ${shown(all)} instructions`,
    header: ["function", "whose", "calls", "instructions", "share"],
    rows,
  };
}
