// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { type Evidence, GuestFault } from "../src/fault.js";
import { judge, parseVerdict } from "../src/verdict.js";

const evidence: Evidence = {
  qemu: { status: 0, said: "" },
  console:
    "[    1.0] Linux version 7.3.4\n[    2.0] knem: loading /knem/modules/0/x.ko\n[    2.1] x: disagrees\n",
  bytes: Buffer.from("hello\n"),
  seconds: 4.5,
};

const whole: Record<string, string | number> = {
  booted: 3.1,
  "pins.before.acquired": 10,
  "pins.before.released": 10,
  "taint.before": 0,
  status: 7,
  "pins.after.acquired": 42,
  "pins.after.released": 42,
  "taint.after": 12288,
  done: 1,
};

const text = (changes: Record<string, string | number> = {}) =>
  Object.entries({ ...whole, ...changes })
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

/** The fault that judging ends with. */
function faultOf(written: string, seen: Partial<Evidence> = {}): GuestFault {
  try {
    judge({ ...evidence, ...seen }, written);
  } catch (error) {
    if (error instanceof GuestFault) return error;
    throw error;
  }
  throw new Error("there was no fault");
}

describe("judge", () => {
  it("passes on what a whole verdict says", () => {
    expect(judge(evidence, text())).toMatchObject({
      status: 7,
      output: "hello\n",
      seconds: 4.5,
      booted: 3.1,
      pins: { acquired: 32, released: 32 },
    });
  });

  it("finds a leaked pin", () => {
    const fault = faultOf(text({ "pins.after.released": 40 }));
    expect(fault.code).toBe("GUEST_PIN_LEAK");
    expect(fault.what).toContain("2 pinned pages");
  });

  it("finds the kernel's fault even below a whole verdict", () => {
    const fault = faultOf(text(), {
      console: "[    3.0] WARNING: suspicious RCU usage\n[    3.1] more\n",
    });
    expect(fault).toMatchObject({ code: "GUEST_KERNEL_FAULT", faults: [{ kind: "lockdep" }] });
    expect(fault.why).toContain("more");
  });

  it("finds a taint that tells of a fault, and lets those of loading a module be", () => {
    expect(faultOf(text({ "taint.after": 12288 | 512 })).code).toBe("GUEST_TAINTED");
    expect(judge(evidence, text({ "taint.before": 512, "taint.after": 512 })).status).toBe(7);
  });

  it("tells why a module was refused, with the kernel's words", () => {
    const fault = faultOf("fault=insmod\ndetail=insmod: Exec format error\ndone=1\n");
    expect(fault.code).toBe("GUEST_MODULE_REFUSED");
    expect(fault.why).toBe("insmod: Exec format error\n[    2.1] x: disagrees");
  });

  it("finds a module that does not unload", () => {
    expect(faultOf("fault=rmmod\ndetail=busy\ndone=1\n").code).toBe("GUEST_UNLOAD_FAILED");
  });

  it("does not take half a verdict for a whole one", () => {
    const fault = faultOf(text({ done: 0 }));
    expect(fault.code).toBe("GUEST_NO_VERDICT");
    expect(fault.why).toContain("x: disagrees");
  });

  it("tells of a QEMU that died", () => {
    const fault = faultOf("", {
      qemu: { status: 1, said: "cannot set up guest memory" },
      console: "",
    });
    expect(fault.code).toBe("GUEST_QEMU_FAILED");
    expect(fault.why).toContain("cannot set up guest memory");
  });

  it("refuses a verdict without its numbers", () => {
    expect(() => judge(evidence, "done=1\n")).toThrow('no number "taint.before"');
  });
});

describe("parseVerdict", () => {
  it("keeps what follows the first equals sign, and the last of several values", () => {
    expect(parseVerdict("a=1\nnoise\na=b=c\n").get("a")).toBe("b=c");
  });
});
