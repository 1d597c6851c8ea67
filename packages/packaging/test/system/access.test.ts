// SPDX-License-Identifier: BSD-3-Clause
import { type Kernel, Progress, type Target, targets, Workshop } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withDeb } from "./debs.js";
import { Machine } from "./machine.js";

/** A machine with knem and the module as packages; who may use the device is asked where it has booted. */
let machine: Machine;
let kernel: Kernel;
let clients: readonly string[];

beforeAll(async () => {
  const workshop = await Workshop.open(new Progress());
  kernel = await workshop.kernel(targets[0] as Target);
  machine = await Machine.start(workshop);
  const image = ["-t", "trixie-backports", `linux-image-${kernel.release}`];
  expect(await machine.apt("install", ...image)).toMatchObject({ status: 0 });
  await withDeb(workshop, `knem-modules-${kernel.release}`, install, "kmod");
  await withDeb(workshop, "knem", install);
  clients = await populate(workshop);
});
afterAll(() => machine?.remove());

async function install(deb: string): Promise<void> {
  const { status, output } = await machine.install(deb);
  expect({ status, output }).toMatchObject({ status: 0 });
}

/** Adds a member of the group, somebody else, and the clients of examples/; gives the names of those that are two processes. */
async function populate(workshop: Workshop): Promise<readonly string[]> {
  await machine.tell("useradd --groups rdma member && useradd other");
  const { folder, names } = await workshop.clients();
  const binds = [{ from: folder, to: "/run/clients" }];
  const placed = await machine.sh("install -t /usr/local/bin /run/clients/*", { binds });
  expect(placed).toMatchObject({ status: 0 });
  return names.filter((name) => name.startsWith("client-"));
}

/** The lines that a shell's script prints in the booted machine, once udev has done all it has to. */
async function booted(...script: readonly string[]) {
  const { output, pins } = await machine.boot(
    kernel.release,
    ["udevadm settle", ...script].join("\n"),
  );
  return { lines: output.trimEnd().split("\n"), pins };
}

const look = "stat -c '%U:%G %a %F' /dev/knem";

/** Runs a client as a user; of what it says only the last line is kept, for both of its processes may say the same. */
const as = (user: string, client: string) =>
  `said=$(su ${user} -c ${client} 2>&1); echo "${user}: $? \${said##*: }"`;
const granted = (user: string) => `${user}: 0 every byte arrived`;
const denied = (user: string) => `${user}: 1 Permission denied`; // The text of EACCES and of no other.

const forTheGroup = "root:rdma 660 character special file";
const forAll = "root:root 666 character special file";

describe("the device in a booted system", () => {
  it("is there because the system loads the module that is installed for its kernel", async () => {
    const { lines } = await booted(
      "systemctl is-active systemd-modules-load.service",
      "modinfo --field filename knem",
      "modinfo --field srcversion knem; cat /sys/module/knem/srcversion",
    );
    const [service, file, installed, loaded] = lines;
    expect(service).toBe("active");
    expect(file).toBe(`/lib/modules/${kernel.release}/updates/knem.ko`);
    expect(loaded).toBe(installed);
  });

  it("is for root and the group rdma, by the rule, whenever the module is loaded", async () => {
    const { lines } = await booted(
      look,
      "modprobe --remove knem; [ -e /dev/knem ] || echo gone",
      "modprobe knem && udevadm settle",
      look,
    );
    expect(lines).toEqual([forTheGroup, "gone", forTheGroup]);
  });

  it("can be used by members of the group, and by others not even opened", async () => {
    const runs = clients.flatMap((client) => [as("member", client), as("other", client)]);
    const { lines, pins } = await booted(...runs);
    expect(lines).toEqual(clients.flatMap(() => [granted("member"), denied("other")]));
    expect(clients.length).toBeGreaterThan(0);
    // The members' copies were real: memory was pinned for them.
    expect(pins.acquired).toBeGreaterThan(0);
  });

  it("is what a rule of the administrator makes it, in place of ours", async () => {
    const rule = "/etc/udev/rules.d/60-knem.rules";
    await machine.tell(`echo 'KERNEL=="knem", MODE="0666"' >${rule}`);
    const { lines } = await booted(look, as("other", clients[0] ?? ""));
    await machine.tell(`rm ${rule}`);
    expect(lines).toEqual([forAll, granted("other")]);
  });
});
