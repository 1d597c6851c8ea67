// SPDX-License-Identifier: BSD-3-Clause
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { must, run } from "../src/command.js";

const sh = (script: string, ...args: string[]) => ["-c", script, "sh", ...args];

/** Whether a process is there and not just waiting to be reaped. */
async function alive(pid: string): Promise<boolean> {
  const { stdout } = await run("sh", sh('cut -d" " -f3 "/proc/$1/stat" 2>/dev/null || true', pid));
  return stdout.trim() !== "" && stdout.trim() !== "Z";
}

describe("run", () => {
  it("passes arguments on as they are", async () => {
    const odd = ["a b", "", "'", '"$HOME"', "x\ny", "--", "*", "\\"];
    const { stdout } = await run("printf", ["%s|", ...odd]);
    expect(stdout).toBe(`${odd.join("|")}|`);
  });

  it("gives the exit status, and 128 + the signal that ended it", async () => {
    expect((await run("sh", sh("exit 7"))).status).toBe(7);
    expect((await run("sh", sh("kill -TERM $$"))).status).toBe(143);
  });

  it("keeps standard output apart, and both together", async () => {
    const lines: string[] = [];
    const script = "echo one; sleep 0.1; echo two >&2; sleep 0.1; printf three";
    const result = await run("sh", sh(script), { onLine: (line) => lines.push(line) });
    expect(result.stdout).toBe("one\nthree");
    expect(result.output).toBe("one\ntwo\nthree");
    expect(lines).toEqual(["one", "two", "three"]);
  });

  it("does not mind a program that ends without reading its input", async () => {
    expect((await run("true", [], { input: "words ".repeat(1e6) })).status).toBe(0);
  });

  it("gives the input and then its end", async () => {
    expect((await run("cat", [], { input: "words" })).stdout).toBe("words");
    expect((await run("cat", [])).stdout).toBe("");
  });

  it("replaces the environment, and begins in the folder that it is told", async () => {
    const env = { PATH: process.env["PATH"], ONLY: "this" };
    const { stdout } = await run("sh", sh('echo "$ONLY $HOME"; pwd'), { env, cwd: "/usr" });
    expect(stdout).toBe("this \n/usr\n");
  });

  it("says which program is missing, and what brings it", async () => {
    await expect(run("no-such-program", [])).rejects.toMatchObject({ code: "PROGRAM_MISSING" });
    await expect(run("mmdebstrap", [], { env: { PATH: "/nowhere" } })).rejects.toThrow();
  });

  it("kills the whole group when it is aborted, and rejects with the reason", async () => {
    const controller = new AbortController();
    let grandchild = "";
    const running = run("sh", sh("sleep 60 & echo $!; wait"), {
      signal: controller.signal,
      onLine: (line) => {
        grandchild = line;
        controller.abort(new Error("enough"));
      },
    });
    await expect(running).rejects.toThrow("enough");
    for (let tries = 0; tries < 50 && (await alive(grandchild)); tries++) await sleep(20);
    expect(await alive(grandchild)).toBe(false);
  });

  it("does not begin when it is aborted already", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    await expect(run("true", [], { signal })).rejects.toThrow("too late");
  });
});

describe("must", () => {
  it("tells the end of the output of what failed", async () => {
    const failing = must("the thing could not be done", "sh", sh("echo reason >&2; exit 3"));
    await expect(failing).rejects.toMatchObject({
      code: "COMMAND_FAILED",
      what: "the thing could not be done",
      why: expect.stringContaining("status 3\nreason"),
    });
  });
});
