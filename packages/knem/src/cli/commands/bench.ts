// SPDX-License-Identifier: BSD-3-Clause
import { availableParallelism, release } from "node:os";
import { defineCommand } from "citty";
import { kinds } from "../bench/kinds.js";
import { number } from "../number.js";
import { refuseUnknown, usageError } from "../usage.js";
import { version } from "../version.js";

const NAME = "knem bench";

export default defineCommand({
  meta: { name: "bench", description: "How fast copies are on this machine, every byte verified" },
  args: {
    kind: {
      type: "positional",
      required: false,
      description: "copy, pingpong, region, one-to-all, all-to-one, vectors or overlap",
    },
    json: { type: "boolean", description: "one JSON object for programs" },
    html: { type: "string", valueHint: "file", description: "also write a page with plots" },
    sizes: { type: "string", valueHint: "sizes", description: "of the copies: 4KiB,1MiB" },
    repeat: { type: "string", valueHint: "number", description: "how many rounds" },
    processes: {
      type: "string",
      valueHint: "number",
      description: "collectives: how many processes at most; as many as CPUs, up to 8",
    },
    pages: { type: "string", valueHint: "kind", description: "small or huge" },
  },
  async run(context) {
    refuseUnknown(context, NAME);
    const { kind, json, html: file, sizes, repeat, pages, processes } = context.args;
    const found = kind !== undefined && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (kind === undefined || !found) throw unknownKind(kind);
    const most = processes ?? String(Math.max(2, Math.min(8, availableParallelism())));
    const runs = found.runs({
      ...{ sizes, repeat, pages },
      processes: number(most, "processes", NAME),
    });
    const [{ bring }, { measured }, { html, text }, { writeWhole }] = await Promise.all([
      import("../bench/document.js"),
      import("../bench/program.js"),
      import("../bench/text.js"),
      import("../files.js"),
    ]);
    const head = { kind, title: found.title, kernel: release(), version: version() };
    const document = bring(
      head,
      runs.map((run) => [run, measured(run.args)] as const),
    );
    const columns = process.stdout.columns || 80;
    // Before the file, which may not be writable: the figures took minutes.
    console.log(json ? JSON.stringify(document, null, 2) : text(document, columns));
    if (file !== undefined) writeWhole(file, html(document));
  },
});

function unknownKind(kind: string | undefined) {
  const why = kind === undefined ? "nothing to measure was named" : `"${kind}" cannot be measured`;
  const known = Object.keys(kinds).join(", ");
  return usageError(`cannot run ${NAME}`, `${why}; there are ${known}`, NAME);
}
