// SPDX-License-Identifier: BSD-3-Clause
import { fileURLToPath } from "node:url";
import { commandsOf, type Document, place, proofOf, readDocuments } from "@knem/documents";
import { Progress, run, type Target, targets, Workshop } from "@knem/kernels";
import { beforeAll, describe, expect, it } from "vitest";
import { BIN, type Guest, KNEM, outfit } from "../../outfit.js";

const checkout = fileURLToPath(new URL("../../..", import.meta.url));
const SCRIPTS = "/opt/knem/documents";
const PROGRAMS = "/opt/knem/path";

let documents: Document[];
let guest: Guest;
beforeAll(async () => {
  documents = await readDocuments(checkout);
  const workshop = await Workshop.open(new Progress());
  guest = await outfit(workshop, { target: targets[0] as Target }, { crate: "knem-bench" });
});

/** The blocks of commands that are to be run there, each once, with the place where it is first. */
function blocksFor(where: "host" | "guest"): { place: string; script: string }[] {
  const all = documents.flatMap((document) =>
    document.blocks
      .filter(({ language, info }) => language === "sh" && proofOf(info)?.kind === where)
      .map((block) => ({ place: place(document, block), script: block.text })),
  );
  return all.filter(({ script }, at) => all.findIndex((one) => one.script === script) === at);
}

/** Runs scripts in the guest, one after the other, as root. */
async function inGuest(scripts: readonly string[]): Promise<{ status: string; output: string }[]> {
  const knem = `#!/bin/sh\nexec node ${KNEM} "$@"\n`;
  const files = scripts.map((content, n) => ({ to: `${SCRIPTS}/${1000 + n}`, content }));
  const each = `for script in ${SCRIPTS}/*; do
    sh -eu $script 2>&1
    echo "status $? of $script"
  done`;
  const { output } = await guest.run({
    files: [...files, { to: `${PROGRAMS}/knem`, content: knem, mode: 0o755 }],
    env: { KNEM_BENCH: `${BIN}/knem-bench`, NO_COLOR: "1" },
    timeLimit: 600,
    command: ["sh", "-c", `PATH=${PROGRAMS}:$PATH; export PATH; ${each}`],
  });
  const ends = /^([\s\S]*?)status (\d+) of \S+\n/gm;
  return [...output.matchAll(ends)].map(([, output = "", status = ""]) => ({ status, output }));
}

describe("the commands of the documentation", () => {
  it("work in a guest, those for which that is said", async () => {
    const blocks = blocksFor("guest");
    const ends = await inGuest(blocks.map(({ script }) => script));
    expect(blocks.length).toBeGreaterThan(10);
    expect(ends).toHaveLength(blocks.length);
    const wrong = blocks.map((block, n) => ({ ...block, ...ends[n] }));
    expect(wrong.filter(({ status }) => status !== "0")).toEqual([]);
  }, 600_000);

  it("work in the checkout, those for which that is said", async () => {
    const blocks = blocksFor("host");
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      expect(commandsOf(block.script)).not.toEqual([]);
      const { status, output } = await run("sh", ["-eu", "-c", block.script], { cwd: checkout });
      expect({ ...block, status, output }).toMatchObject({ status: 0 });
    }
  });
});
