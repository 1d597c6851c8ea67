// SPDX-License-Identifier: BSD-3-Clause
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { writeWhole } from "../../src/cli/files.js";

const scratch = mkdtempSync(join(tmpdir(), "knem-files-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("a file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(scratch, "folder-"));
  });

  it("is there whole, for all to read, and nothing beside it", () => {
    const file = join(folder, "knem.prom");
    for (const content of ["first\n", "second\n"]) {
      writeWhole(file, content);
      expect(readFileSync(file, "utf8")).toBe(content);
    }
    expect(statSync(file).mode & 0o777).toBe(0o644 & ~process.umask());
    expect(readdirSync(folder)).toEqual(["knem.prom"]);
  });

  it("is not written through a link that lies where its name could be guessed", () => {
    const [file, other] = [join(folder, "knem.prom"), join(folder, "other")];
    writeFileSync(other, "other\n");
    symlinkSync(other, `${file}.${process.pid}`);
    writeWhole(file, "content\n");
    expect(readFileSync(other, "utf8")).toBe("other\n");
  });

  it("that cannot be written is told with the reason", () => {
    writeFileSync(join(folder, "file"), "");
    mkdirSync(join(folder, "there"));
    const reasons = { "none/x": "ENOENT", "file/x": "ENOTDIR", there: "EISDIR" };
    for (const [path, reason] of Object.entries(reasons))
      expect(() => writeWhole(join(folder, path), "")).toThrow(
        expect.objectContaining({
          code: "KNEM_CANNOT_WRITE",
          what: `cannot write ${join(folder, path)}`,
          why: expect.stringContaining(reason),
        }),
      );
    expect(readdirSync(folder)).toEqual(["file", "there"]);
  });
});
