// SPDX-License-Identifier: BSD-3-Clause
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheFolder } from "@knem/kernels";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { boot } from "../../src/index.js";
import { type Bed, makeBed } from "./bed.js";

let bed: Bed;
beforeAll(async () => {
  bed = await makeBed();
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "knem-boot-"));
});
afterEach(() => rm(folder, { recursive: true }));

const shell = (script: string) => ["sh", "-c", script];

describe("a guest", () => {
  it("passes the exit status and the output on, both as it comes and whole", async () => {
    const chunks: Buffer[] = [];
    const job = bed.job({
      command: shell('echo "$GREETING"; echo wrong >/dev/stderr; sleep 60 & exit 7'),
      env: { GREETING: "it's me" },
      onOutput: (chunk) => chunks.push(chunk),
    });
    const verdict = await boot(job);
    expect(verdict).toMatchObject({ status: 7, output: "it's me\nwrong\n", pins: { acquired: 0 } });
    expect(Buffer.concat(chunks).toString()).toBe(verdict.output);
    expect(verdict.console).toContain(`Linux version ${bed.kernel.release}`);
    expect(verdict.output).not.toContain("Linux version");
  });

  it("hears the kernel arguments of its job", async () => {
    const job = bed.job({
      command: ["cat", "/sys/module/module/parameters/sig_enforce"],
      kernelArguments: ["module.sig_enforce=1"],
    });
    // Enforced from the start on: the kernel's own modules are signed.
    expect((await boot(job)).output).toBe("Y\n");
  });

  it("tells the signal that ended the command", async () => {
    expect((await boot(bed.job({ command: shell("kill -SEGV $$") }))).status).toBe(139);
  });

  it("has node, ordinary users, and an output that is clean of all but the command's bytes", async () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
    const program = `
      const { userInfo } = require("node:os");
      if (userInfo().username !== "alice" || process.stdout.isTTY) process.exit(1);
      const all = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
      process.stdout.write(Buffer.concat(Array(4096).fill(all)));`;
    const verdict = await boot(
      bed.job({
        files: [{ to: "/opt/program.js", content: program }],
        command: ["su", "alice", "-c", "node /opt/program.js"],
      }),
    );
    expect(verdict.status).toBe(0);
    expect(verdict.bytes.equals(Buffer.concat(Array(4096).fill(all)))).toBe(true);
  });

  it("finds the files that it was given, with their modes and links", async () => {
    await mkdir(join(folder, "tree/deep"), { recursive: true });
    await writeFile(join(folder, "tree/deep/run"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
    await symlink("deep/run", join(folder, "tree/alias"));
    const verdict = await boot(
      bed.job({
        files: [
          { to: "/opt/tree", from: join(folder, "tree") },
          { to: "/etc/secret", content: "hidden\n", mode: 0o600 },
        ],
        command: shell(
          "/opt/tree/alias; stat -c '%a %u' /etc/secret; cat /etc/secret; stat -c %N /opt/tree/alias",
        ),
      }),
    );
    expect(verdict.output).toBe("ran\n600 0\nhidden\n'/opt/tree/alias' -> 'deep/run'\n");
  });

  it("does not disturb another that runs at the same time", async () => {
    const jobs = ["one", "two"].map((word) => bed.job({ command: ["echo", word] }));
    const verdicts = await Promise.all(jobs.map((job) => boot(job)));
    expect(verdicts.map((verdict) => verdict.output)).toEqual(["one\n", "two\n"]);
  });

  it("is ended by an abort, and leaves nothing behind", async () => {
    const before = await temporaries();
    const controller = new AbortController();
    const onOutput = () => controller.abort(new Error("enough"));
    const job = bed.job({
      command: shell("echo ready; sleep 100"),
      onOutput,
      signal: controller.signal,
    });
    await expect(boot(job)).rejects.toThrow("enough");
    expect(await temporaries()).toEqual(before);
  });
});

async function temporaries(): Promise<string[]> {
  const names = await readdir(join(cacheFolder(), "tmp"));
  return names.filter((name) => name.includes(`-${process.pid}-`));
}
