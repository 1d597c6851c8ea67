// SPDX-License-Identifier: BSD-3-Clause
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CpioEntry, writeCpio } from "../src/cpio.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knem-cpio-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Reads an archive back, by the format's own description. */
function read(archive: Buffer) {
  const entries: { name: string; mode: number; content: string }[] = [];
  for (let at = 0; ; ) {
    expect(archive.toString("latin1", at, at + 6)).toBe("070701");
    const field = (n: number) =>
      Number.parseInt(archive.toString("latin1", at + 6 + n * 8, at + 14 + n * 8), 16);
    const [mode, size, length] = [field(1), field(6), field(11)];
    const name = archive.toString("utf8", at + 110, at + 110 + length - 1);
    const start = Math.ceil((at + 110 + length) / 4) * 4;
    if (name === "TRAILER!!!") return entries;
    entries.push({ name, mode, content: archive.toString("utf8", start, start + size) });
    at = Math.ceil((start + size) / 4) * 4;
  }
}

const entries: CpioEntry[] = [
  { path: "a", type: "folder", mode: 0o1777 },
  { path: "a/file", type: "file", mode: 0o640, content: Buffer.from("12345") },
  { path: "a/link", type: "link", target: "file" },
];

describe("writeCpio", () => {
  it("writes folders, files and links with their modes", async () => {
    const from = join(folder, "from");
    await writeFile(from, "from the host");
    await writeCpio(join(folder, "out"), [
      ...entries,
      { path: "copied", type: "file", mode: 0o755, from, size: 13 },
    ]);
    expect(read(await readFile(join(folder, "out")))).toEqual([
      { name: "a", mode: 0o041777, content: "" },
      { name: "a/file", mode: 0o100640, content: "12345" },
      { name: "a/link", mode: 0o120777, content: "file" },
      { name: "copied", mode: 0o100755, content: "from the host" },
    ]);
  });

  it("gives the same bytes for the same entries", async () => {
    await writeCpio(join(folder, "one"), entries);
    await writeCpio(join(folder, "two"), entries);
    expect(await readFile(join(folder, "one"))).toEqual(await readFile(join(folder, "two")));
  });

  it("refuses a file that changed under it", async () => {
    const from = join(folder, "from");
    await writeFile(from, "longer than told");
    const entry: CpioEntry = { path: "x", type: "file", mode: 0o644, from, size: 3 };
    await expect(writeCpio(join(folder, "out"), [entry])).rejects.toThrow(
      "changed while it was read",
    );
  });
});
