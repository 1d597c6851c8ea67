// SPDX-License-Identifier: BSD-3-Clause
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { entriesOf, withFolders } from "../src/files.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knem-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("entriesOf", () => {
  it("walks a folder, keeping modes and links", async () => {
    await mkdir(join(folder, "bin"));
    await writeFile(join(folder, "bin/tool"), "x");
    await chmod(join(folder, "bin/tool"), 0o755);
    await symlink("tool", join(folder, "bin/alias"));
    expect(await entriesOf([{ to: "/opt/it", from: join(folder, "bin") }])).toMatchObject([
      { path: "opt/it", type: "folder" },
      { path: "opt/it/alias", type: "link", target: "tool" },
      { path: "opt/it/tool", type: "file", mode: 0o755, size: 1 },
    ]);
  });

  it("takes contents, and what a link named by the job points to", async () => {
    await writeFile(join(folder, "real"), "abc");
    await symlink("real", join(folder, "link"));
    expect(
      await entriesOf([
        { to: "/etc/x.conf", content: "y", mode: 0o600 },
        { to: "/opt/f", from: join(folder, "link"), mode: 0o700 },
      ]),
    ).toMatchObject([
      { path: "etc/x.conf", mode: 0o600 },
      { path: "opt/f", type: "file", mode: 0o700, size: 3 },
    ]);
  });

  it.each(["/usr/bin/x", "/lib/../bin/x", "/dev/x", "relative", "/", "/knem/load"])(
    "refuses %s",
    async (to) => {
      await expect(entriesOf([{ to, content: "" }])).rejects.toMatchObject({
        code: "GUEST_PATH_INVALID",
      });
    },
  );

  it("names a file that is not there", async () => {
    const from = join(folder, "nothing");
    await expect(entriesOf([{ to: "/opt/x", from }])).rejects.toMatchObject({
      code: "GUEST_FILE_MISSING",
      why: `${from} does not exist`,
    });
  });
});

describe("withFolders", () => {
  it("puts the folders of a path before it, each once", () => {
    const file = (path: string) =>
      ({ path, type: "file", mode: 0o644, content: Buffer.of() }) as const;
    const paths = withFolders([file("a/b/c"), file("a/b/d"), file("e")]).map((entry) => entry.path);
    expect(paths).toEqual(["a", "a/b", "a/b/c", "a/b/d", "e"]);
  });
});
