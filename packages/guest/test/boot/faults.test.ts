// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { boot, GuestFault, type GuestJob } from "../../src/index.js";
import { type Bed, makeBed } from "./bed.js";

let bed: Bed;
beforeAll(async () => {
  bed = await makeBed();
});

/** The fault that a job's run ends with. */
async function faultOf(job: GuestJob): Promise<GuestFault> {
  try {
    await boot(job);
  } catch (error) {
    if (error instanceof GuestFault) return error;
    throw error;
  }
  throw new Error("the run passed");
}

const committing = (fault: string, more: Partial<GuestJob> = {}) =>
  bed.job({
    modules: [{ file: bed.faults, parameters: [`fault=${fault}`] }],
    command: ["true"],
    ...more,
  });

describe("the module of faults", () => {
  it("passes when it commits none, and is unloaded", async () => {
    const verdict = await boot(
      committing("none", { command: ["grep", "-c", "^faults ", "/proc/modules"] }),
    );
    expect(verdict).toMatchObject({ status: 0, output: "1\n" });
    expect(verdict.console).toContain("knem: unloading faults");
  });

  it.each([
    ["warn", "warn", "a warning asked for"],
    ["oops", "oops", "faults_init"],
  ])("is found out for %s", async (fault, kind, said) => {
    const found = await faultOf(committing(fault));
    expect(found.code).toBe("GUEST_KERNEL_FAULT");
    expect(found.faults[0]?.kind).toBe(kind);
    expect(found.why).toContain(said);
  });

  it("is found out for a pin that it leaks", async () => {
    const found = await faultOf(committing("leak"));
    expect(found.code).toBe("GUEST_PIN_LEAK");
    expect(found.what).toMatch(/^1 pinned page/);
  });

  it("ends at the time limit when it hangs, with the kernel's log", async () => {
    const found = await faultOf(committing("hang", { timeLimit: 25 }));
    expect(found.code).toBe("GUEST_TIMEOUT");
    expect(found.why).toContain("knem: loading");
    expect(found.evidence.seconds).toBeLessThan(28);
  });

  it("is refused with the kernel's reason for parameters that it does not accept", async () => {
    const found = await faultOf(committing("nonsense"));
    expect(found.code).toBe("GUEST_MODULE_REFUSED");
    expect(found.why).toContain("Invalid argument");
  });

  it("is refused with the kernel's reason when it was built for another kernel", async () => {
    const found = await faultOf(bed.job({ modules: [{ file: bed.foreign }], command: ["true"] }));
    expect(found.code).toBe("GUEST_MODULE_REFUSED");
    expect(found.why).toContain(`should be '${bed.kernel.release} `);
  });

  it("fails the run when something still holds it at the end", async () => {
    // Held by its own reference, as a descriptor never closed would.
    const found = await faultOf(committing("hold"));
    expect(found.code).toBe("GUEST_UNLOAD_FAILED");
    expect(found.why).toMatch(/busy|temporarily unavailable/);
  });
});

describe("a kernel", () => {
  it("that panics is a fault, with what it said", async () => {
    const found = await faultOf(bed.job({ command: ["sh", "-c", "echo c >/proc/sysrq-trigger"] }));
    expect(found.faults[0]?.kind).toBe("panic");
    expect(found.what).toContain("sysrq triggered crash");
    const kept = found.evidence.log ?? "";
    expect(found.why).toContain(kept);
    expect(await readFile(kept, "utf8")).toContain("sysrq triggered crash");
  });

  it("that powers off on its own gives no verdict", async () => {
    const found = await faultOf(bed.job({ command: ["poweroff", "-f"] }));
    expect(found.code).toBe("GUEST_NO_VERDICT");
    expect(found.why).toContain("reboot: Power down");
  });

  it("with too little memory for its files is told as that", async () => {
    const content = Buffer.alloc(100 << 20, 1);
    const files = [{ to: "/opt/large", content }];
    const found = await faultOf(bed.job({ files, memory: 256, command: ["true"] }));
    expect(found.remedy).toContain("more memory");
  });
});
