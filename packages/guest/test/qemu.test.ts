// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { emulatorOf } from "../src/machine.js";
import { qemuArguments, runQemu } from "../src/qemu.js";

const machine = {
  arch: "amd64",
  emulator: emulatorOf(),
  vmlinuz: "/k/vmlinuz",
  initramfs: "/t/initramfs",
  disk: "/c/a,b.erofs",
  console: "/t/console",
  verdict: "/t/verdict",
  memory: 512,
  cpus: 3,
  kernelArguments: ["module.sig_enforce=1", "panic_on_warn=0"],
};

describe("qemuArguments", () => {
  const args = qemuArguments(machine);
  const after = (name: string) => args[args.indexOf(name) + 1];

  it("makes every fault of the kernel end the guest", () => {
    const line = after("-append")?.split(" ");
    expect(line).toEqual(
      expect.arrayContaining([
        "panic_on_warn=1",
        "panic=-1",
        "oops=panic",
        "softlockup_panic=1",
        "hung_task_panic=1",
      ]),
    );
    expect(args).toContain("-no-reboot");
  });

  it("lets no argument of a job weaken what makes a fault end the guest", () => {
    const line = after("-append");
    expect(line).toMatch(
      /^console=ttyS0 .*module\.sig_enforce=1 panic_on_warn=0 .*panic_on_warn=1/,
    );
  });

  it("gives the machine its size", () => {
    expect(after("-m")).toBe("512M");
    expect(after("-smp")).toBe("3");
  });

  it("counts instructions on one CPU where that is asked for", () => {
    const counted = qemuArguments({ ...machine, counted: true }).join(" ");
    expect(counted).toContain("-accel tcg -icount shift=0,sleep=off -smp 1 ");
    expect(args).not.toContain("-icount");
  });

  it("offers traces where they are wanted", () => {
    const traced = qemuArguments({ ...machine, traced: true });
    expect(traced).toContain("socket,id=trace,fd=3");
    expect(traced).toContain("chardev=control,mode=control");
    expect(args.join(" ")).not.toMatch(/trace|control/);
  });

  it("gives each architecture its machine and its console", () => {
    const arm = qemuArguments({ ...machine, emulator: emulatorOf("arm64") });
    expect(arm.slice(0, 4)).toEqual(["-machine", "virt", "-cpu", "max,pauth-impdef=on"]);
    expect(arm.find((word) => word.startsWith("console="))).toMatch(/^console=ttyAMA0 /);
    expect(after("-append")).toMatch(/^console=ttyS0 /);
  });

  it("names the machines that there are", () => {
    const known = /known are amd64 \(q35\), arm64 \(virt, versal\)/;
    expect(() => emulatorOf("m68k")).toThrow(known);
    expect(() => emulatorOf("amd64", "versal")).toThrow(known);
  });

  it("attaches disk and ports to the bus that the machine has", () => {
    const pci = ["virtio-serial-pci", "virtio-blk-pci,drive=disk"];
    const mmio = ["virtio-serial-device", "virtio-blk-device,drive=disk"];
    expect(args).toEqual(expect.arrayContaining(pci));
    const versal = emulatorOf("arm64", "versal");
    expect(qemuArguments({ ...machine, cpus: 2, emulator: versal })).toEqual(
      expect.arrayContaining(["xlnx-versal-virt", ...mmio, "4"]),
    );
  });

  it.each([{ cpus: 3 }, { cpus: 2, counted: true }])(
    "refuses a number of CPUs that the machine does not have: %j",
    (asked) => {
      const emulator = emulatorOf("arm64", "versal");
      expect(() => qemuArguments({ ...machine, ...asked, emulator })).toThrow(
        expect.objectContaining({ code: "GUEST_CPUS_FIXED" }),
      );
    },
  );

  it("doubles commas in paths, and attaches the disk for reading alone", () => {
    expect(after("-drive")).toBe("file=/c/a,,b.erofs,if=none,id=disk,format=raw,readonly=on");
  });

  it("gives each port its name", () => {
    expect(args).toContain("virtserialport,chardev=output,name=knem.output,nr=1");
    expect(args).toContain("virtserialport,chardev=verdict,name=knem.verdict,nr=2");
  });
});

describe("runQemu", () => {
  it("names the package when QEMU is not there", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nonexistent";
    try {
      const options = {
        timeLimit: 5,
        outputLimit: 1,
        signal: new AbortController().signal,
        onOutput: () => {},
      };
      await expect(runQemu(emulatorOf(), [], options)).rejects.toMatchObject({
        code: "PROGRAM_MISSING",
        remedy: expect.stringContaining("apt-get install"),
      });
    } finally {
      process.env["PATH"] = path;
    }
  });
});
