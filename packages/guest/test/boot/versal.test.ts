// SPDX-License-Identifier: BSD-3-Clause
import { Progress, targets, Workshop } from "@knem/kernels";
import { beforeAll, describe, expect, it } from "vitest";
import { baseImage, boot, type GuestJob, type GuestVerdict } from "../../src/index.js";

/** The newest arm64 kernel on a Versal, with the drivers of its DMA engines and of their test. */
let job: Omit<GuestJob, "command">;
beforeAll(async () => {
  const target = targets.find(({ arch }) => arch === "arm64");
  if (!target) throw new Error("there is no target for arm64");
  const workshop = await Workshop.open(new Progress());
  const kernel = await workshop.kernelFiles(target);
  const base = await baseImage(workshop.cache, await workshop.sandbox(), "arm64");
  const drivers = [
    await workshop.driver(target, "zynqmp_dma"),
    await workshop.driver(target, "dmatest"),
  ];
  const modules = drivers.map(({ ko }) => ({ file: ko }));
  // What is beyond 2 GiB has addresses of more than 32 bits, and is what the kernel takes first.
  job = { kernel, base, machine: "versal", modules, memory: 3072 };
});

const run = (script: string): Promise<GuestVerdict> =>
  boot({ ...job, command: ["sh", "-c", script] });

const channels = Array.from({ length: 8 }, (_, n) => `dma${n}chan0`);

describe("a Versal", () => {
  it("has two CPUs and eight DMA channels, which the kernel's own driver runs", async () => {
    const script = `nproc; cd /sys/class/dma
      for channel in *; do echo $channel $(basename $(readlink $channel/device/driver)); done`;
    const { output, console } = await run(script);
    expect(output.split("\n")).toEqual([
      "2",
      ...channels.map((name) => `${name} xilinx-zynqmp-dma`),
      "",
    ]);
    expect(console).toMatch(/Machine model: Xilinx Versal/);
    expect(console).toMatch(/node +0: \[mem 0x0000000800000000-/);
  });

  it("copies on every channel at once, each byte of which dmatest verifies", async () => {
    const rounds = 50;
    // What a channel is to do is settled when it is named.
    const script = `cd /sys/module/dmatest/parameters
      echo ${rounds} >iterations; echo 60000 >timeout
      for channel in /sys/class/dma/*; do echo \${channel##*/} >channel; done
      echo 1 >run; cat wait; grep -c ' zynqmp-dma$' /proc/interrupts; echo 0 >run`;
    const { status, output, console, pins } = await run(script);
    const line = new RegExp(
      `dmatest: (dma\\dchan0)-copy0: summary ${rounds} tests, 0 failures`,
      "g",
    );
    const passed = [...console.matchAll(line)].map(([, channel]) => channel);
    expect(passed.sort()).toEqual(channels);
    expect({ status, output }).toEqual({ status: 0, output: "Y\n8\n" });
    expect(pins.acquired).toBe(pins.released);
  });

  it("ends at once when its kernel panics", async () => {
    const panic = run("echo c >/proc/sysrq-trigger; sleep 60");
    await expect(panic).rejects.toMatchObject({
      code: "GUEST_KERNEL_FAULT",
      what: expect.stringContaining("sysrq triggered crash"),
      evidence: { seconds: expect.toSatisfy((seconds: number) => seconds < 50) },
    });
  });
});
