// SPDX-License-Identifier: BSD-3-Clause
import { describe, expect, it } from "vitest";
import { around, emulatorSlipped, faultsIn, since, stoodStill, tailOf } from "../src/console.js";

// Lines as stock and sanitizer kernels print them.
const real = [
  [
    "warn",
    "[    5.123456] WARNING: CPU: 1 PID: 77 at /tmp/faults.c:38 faults_init+0x41/0xff0 [faults]",
  ],
  [
    "warn",
    "[    5.123456] WARNING: /tmp/faults.c:38 at faults_init+0x41/0xff0 [faults], CPU#1: insmod/77",
  ],
  ["lockdep", "[    9.1][  T101] WARNING: possible circular locking dependency detected"],
  ["lockdep", "[    9.100000] WARNING: suspicious RCU usage"],
  ["lockdep", "[    9.100000] WARNING: inconsistent lock state"],
  ["sanitizer", "[   12.345678] BUG: KASAN: slab-use-after-free in knem_copy+0x1c/0x80 [knem]"],
  ["sanitizer", "[   12.345678] BUG: KCSAN: data-race in knem_open / knem_release"],
  ["sanitizer", "[   12.345678] UBSAN: array-index-out-of-bounds in mm/gup.c:12:3"],
  [
    "sanitizer",
    "[   60.000001] kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)",
  ],
  ["oops", "[    5.300000] BUG: kernel NULL pointer dereference, address: 0000000000000010"],
  ["oops", "[    5.300000] BUG: unable to handle page fault for address: ffffc90000000010"],
  ["oops", "[    5.300000] Oops: Oops: 0002 [#1] SMP NOPTI"],
  [
    "oops",
    "[    5.300000] Oops: general protection fault, probably for non-canonical address 0xdead",
  ],
  ["bug", "[    5.300000] kernel BUG at rust/helpers/bug.c:7!"],
  ["bug", "[    5.300000] rust_kernel: panicked at /tmp/knem/main.rs:12:3:"],
  ["bug", "[    5.300000] BUG: sleeping function called from invalid context at mm/gup.c:3"],
  ["bug", "[    5.300000] BUG: Bad page state in process insmod  pfn:0beef"],
  ["hang", "[   40.000000] watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [insmod:77]"],
  ["hang", "[   40.000000] INFO: task insmod:77 blocked for more than 30 seconds."],
  ["hang", "[   40.000000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:"],
  ["panic", "[    5.400000] Kernel panic - not syncing: sysrq triggered crash"],
  ["memory", "[    1.000000] Initramfs unpacking failed: write error"],
] as const;

const healthy = [
  "[    0.000000] Linux version 7.3.4+deb13-cloud-amd64 (debian-kernel@lists.debian.org)",
  "[    0.010000] Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on, data leaks possible",
  "[    0.100000] Warning: unable to open an initial console.",
  "[    0.200000] x86/bugs: return thunk changed",
  "[    3.000000] knem: module verification failed: signature and/or required key missing - tainting kernel",
  "[    3.100000] ima: No TPM chip found, activating TPM-bypass!",
  "[    3.200000] INFO: lockdep is turned off.",
];

describe("faultsIn", () => {
  it.each(real)("finds %s in: %s", (kind, line) => {
    expect(
      faultsIn([...healthy, line, ...healthy].join("\r\n")).map((fault) => fault.kind),
    ).toEqual([kind]);
  });

  it("finds nothing in a healthy log", () => {
    expect(faultsIn(healthy.join("\n"))).toEqual([]);
  });

  it("gives the faults in their order, without their times", () => {
    const log =
      "[    1.5] Oops: Oops: 0002 [#1] SMP\n[    1.6] Kernel panic - not syncing: Fatal exception\n";
    expect(faultsIn(log)).toEqual([
      { kind: "oops", line: "Oops: Oops: 0002 [#1] SMP" },
      { kind: "panic", line: "Kernel panic - not syncing: Fatal exception" },
    ]);
  });
});

describe("emulatorSlipped", () => {
  // As QEMU 7.2 made a stock kernel print it, but for the middle of the code.
  const oops = (code: string) =>
    `[    1.876949] Oops: int3: 0000 [#1] SMP NOPTI
[    1.878134] CPU: 0 UID: 0 PID: 0 Comm: swapper/0 Not tainted 7.3.4+deb13-cloud-amd64
[    1.879417] RIP: 0010:set_next_task_fair+0x609/0x780
[    1.880122] Code: 0f 84 42 01 00 00 6d ${code} 44 00 00 48 8b 3c 24
[    1.880324] RSP: 0018:ffffffffa9803d20 EFLAGS: 00000047
`;

  it("knows a breakpoint that is not there", () => {
    expect(emulatorSlipped(oops("0f <1f>"))).toBe(true);
  });

  it.each([
    ["a breakpoint that is there", oops("cc <1f>")],
    ["another oops", oops("0f <1f>").replace("int3", "invalid opcode")],
    ["a fault that came before", `[    1.0] WARNING: first\n${oops("0f <1f>")}`],
    ["an oops without its code", "[    1.0] Oops: int3: 0000 [#1] SMP NOPTI\n"],
    ["a healthy log", healthy.join("\n")],
  ])("lets %s be the kernel's own", (_what, log) => expect(emulatorSlipped(log)).toBe(false));
});

describe("stoodStill", () => {
  const boot =
    "[    0.0] Linux version 7.3.4\n[    1.0] hpet0: 3 comparators, 64-bit 100.000000 MHz counter\n";

  it("knows a boot that ends in silence", () => expect(stoodStill(boot)).toBe(true));

  it.each([
    ["a kernel that runs programs", `${boot}[    2.6] Run /init as init process\n`],
    ["one that says what is wrong", `${boot}[    1.1] kernel BUG at mm/slub.c:1\n`],
    ["one that never began", ""],
  ])("leaves %s alone", (_what, log) => expect(stoodStill(log)).toBe(false));
});

describe("parts of a log", () => {
  const log = "a\nb\n[ 1.0] knem: loading x\n[ 1.1] x: version magic\n[ 1.2] reboot: Power down\n";

  it("tailOf gives the last lines", () => expect(tailOf("a\nb\nc\n", 2)).toBe("b\nc"));
  it("since gives what follows a mark", () =>
    expect(since(log, "knem: loading")).toBe("[ 1.1] x: version magic"));
  it("around begins two lines before the fault", () => {
    const faulty = "1\n2\n3\n[ 4.0] WARNING: here\n5\n6";
    const [fault] = faultsIn(faulty);
    expect(fault && around(faulty, fault, 2)).toBe("2\n3\n[ 4.0] WARNING: here\n5");
  });
});
