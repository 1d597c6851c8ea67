// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { bootSystem, type GuestVerdict } from "@knem/guest";
import { type Chroot, Progress, type Target, targets, Workshop } from "@knem/kernels";
import { beforeAll, describe, expect, it } from "vitest";
import { install, withKnem } from "./installed.js";

const target = targets[0] as Target;
let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open(new Progress());
});

/** Adds a member of the group, somebody else, and the clients of examples/, whose names are given back. */
async function populate(chroot: Chroot): Promise<readonly string[]> {
  const { folder, names } = await workshop.clients();
  for (const name of names) await install(chroot, join(folder, name), `/usr/bin/${name}`, "755");
  await chroot.must("no member could be added", ["useradd", "--groups", "rdma", "member"]);
  await chroot.must("nobody else could be added", ["useradd", "other"]);
  return names;
}

/** Boots the system and runs the lines of a shell's script there, once udev has done all it has to. */
async function boot(chroot: Chroot, lines: readonly string[]): Promise<GuestVerdict> {
  const script = ["udevadm settle", ...lines].join("\n");
  const sandbox = await workshop.sandbox();
  return bootSystem({ tree: chroot.tree, sandbox, command: ["sh", "-c", script] });
}

const look = "stat -c '%U:%G %a %F' /dev/knem";

/** Runs a client as a user; of what it says only the last line is kept, for both of its processes may say the same. */
const as = (user: string, client: string) =>
  `said=$(su ${user} -c ${client} 2>&1); echo "${user}: $? \${said##*: }"`;
const granted = (user: string) => `${user}: 0 every byte arrived`;
const denied = (user: string) => `${user}: 1 Permission denied`; // The text of EACCES and of no other.

const lines = (output: string) => output.trimEnd().split("\n");

describe("the device in a booted system", () => {
  it("is there because the system loads the module that is installed for its kernel", async () => {
    await withKnem(workshop, target, async (chroot) => {
      const { output } = await boot(chroot, [
        "systemctl is-active systemd-modules-load.service",
        "modinfo --field filename knem",
        "modinfo --field srcversion knem; cat /sys/module/knem/srcversion",
      ]);
      const { release } = await workshop.kernel(target);
      const [service, file, installed, loaded] = lines(output);
      expect(service).toBe("active");
      expect(file).toContain(`/lib/modules/${release}/updates/`);
      expect(loaded).toBe(installed);
    });
  });

  it("is for root and the group rdma, by the rule, whenever the module is loaded", async () => {
    await withKnem(workshop, target, async (chroot) => {
      const { output } = await boot(chroot, [
        look,
        "modprobe --remove knem; [ -e /dev/knem ] || echo gone",
        "modprobe knem && udevadm settle",
        look,
      ]);
      const right = "root:rdma 660 character special file";
      expect(lines(output)).toEqual([right, "gone", right]);
    });
  });

  it("can be used by members of the group, and by others not even opened", async () => {
    await withKnem(workshop, target, async (chroot) => {
      const clients = await populate(chroot);
      const runs = clients.flatMap((client) => [as("member", client), as("other", client)]);
      const { output, pins } = await boot(chroot, runs);
      expect(lines(output)).toEqual(clients.flatMap(() => [granted("member"), denied("other")]));
      // The members' copies were real: each client has its memory pinned for them.
      expect(pins.acquired).toBeGreaterThan(0);
    });
  });

  it("is what a rule of the administrator makes it, in place of ours", async () => {
    await withKnem(workshop, target, async (chroot) => {
      const [client] = await populate(chroot);
      const rule = 'KERNEL=="knem", MODE="0666"\n';
      const place = "/etc/udev/rules.d/60-knem.rules";
      await chroot.must("the rule could not be written", ["tee", place], { input: rule });
      const { output } = await boot(chroot, [look, as("other", client ?? "")]);
      expect(lines(output)).toEqual(["root:root 666 character special file", granted("other")]);
    });
  });
});
