// SPDX-License-Identifier: BSD-3-Clause
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bootSystem, GuestFault, type GuestRun, type GuestVerdict } from "../../src/index.js";
import { makeSystem, type System } from "./system.js";

let system: System;
beforeAll(async () => {
  system = await makeSystem();
});
afterAll(() => system?.remove());

const boot = (run: GuestRun) => bootSystem({ ...run, ...system.bootable });
const shell = (script: string) => ["sh", "-c", script];

/** The fault that a run ends with. */
async function faultOf(run: GuestRun): Promise<GuestFault> {
  const error: unknown = await boot(run).catch((error) => error);
  if (error instanceof GuestFault) return error;
  throw error instanceof Error ? error : new Error("the run passed");
}

describe("a system", () => {
  let verdict: GuestVerdict;
  beforeAll(async () => {
    const script = `
      readlink /proc/1/exe; uname -r; systemctl is-active multi-user.target systemd-udevd.service
      systemctl --failed --no-legend; systemctl is-system-running --wait
      id -un; echo "$GREETING"; pwd
      cat /sys/module/faults/parameters/fault
      touch /usr/new /etc/new /root/new && rm /usr/bin/wall && ls /usr/new
      setsid sleep 999 & exit 7`;
    verdict = await boot({
      command: shell(script),
      env: { GREETING: "it's me" },
      kernelArguments: ["modules_load=faults", "faults.fault=none"],
    });
  });
  const lines = (from: number, to: number) => verdict.output.split("\n").slice(from, to);

  it("runs the command when it is up, on its own kernel and with its own init and udev", () => {
    const up = ["/usr/lib/systemd/systemd", system.release, "active", "active", "running"];
    expect(lines(0, 8)).toEqual([...up, "root", "it's me", "/"]);
    expect(verdict.pins).toEqual({ acquired: 0, released: 0 });
    expect(verdict.booted).toBeLessThan(verdict.seconds);
  });

  it("hears the kernel arguments of its job, parameters of modules among them", () => {
    expect(lines(8, 9)).toEqual(["none"]);
  });

  it("may be written to everywhere, of which nothing stays", async () => {
    expect(lines(9, 11)).toEqual(["/usr/new", ""]);
    expect(await readdir(join(system.bootable.tree, "usr"))).not.toContain("new");
    expect(await readdir(join(system.bootable.tree, "usr/bin"))).toContain("wall");
  });

  it("tells the exit status, and ends what the command left running", () => {
    expect(verdict.status).toBe(7);
  });

  it("tells the signal that ended the command", async () => {
    expect((await boot({ command: shell("kill -SEGV $$") })).status).toBe(139);
  });
});

describe("a system that", () => {
  it("loads a module with a warning is a fault", async () => {
    const kernelArguments = ["modules_load=faults", "faults.fault=warn"];
    const found = await faultOf({ command: ["true"], kernelArguments });
    expect(found.code).toBe("GUEST_KERNEL_FAULT");
    expect(found.faults[0]?.kind).toBe("warn");
    expect(found.why).toContain("a warning asked for");
  });

  it("pins a page on its way up and forgets it is found out", async () => {
    const kernelArguments = ["modules_load=faults", "faults.fault=leak"];
    const found = await faultOf({ command: ["true"], kernelArguments });
    expect(found.code).toBe("GUEST_PIN_LEAK");
  });

  it("waits for a unit for ever ends at the time limit, and the log tells which", async () => {
    const kernelArguments = ["systemd.wants=hanging.service"];
    const found = await faultOf({ command: ["true"], kernelArguments, timeLimit: 60 });
    expect(found.code).toBe("GUEST_TIMEOUT");
    expect(found.evidence.console).toContain("Starting hanging.service");
    expect(found.evidence.bytes).toHaveLength(0);
  });

  it("ends up in systemd's emergency mode ends at once, with the units that failed", async () => {
    const found = await faultOf({
      command: ["true"],
      kernelArguments: ["systemd.wants=failing.service"],
    });
    expect(found.code).toBe("GUEST_SYSTEM_FAILED");
    expect(found.why).toContain("failing.service");
  });

  it("powers off on its own gives no verdict", async () => {
    const found = await faultOf({ command: shell("systemctl poweroff; sleep 60") });
    expect(found.code).toBe("GUEST_NO_VERDICT");
  });
});
