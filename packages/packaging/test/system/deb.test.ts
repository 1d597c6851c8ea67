// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { Progress, Workshop } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout, type Made, versionOf } from "../../src/index.js";
import { difference, Fresh } from "./fresh.js";
import { bytesOf, differing, Making } from "./making.js";
import { completed } from "./shells.js";

/** Where the packages and the checkout's examples lie inside. */
const DEBS = "/run/debs";
const EXAMPLES = "/run/examples";

let workshop: Workshop;
let making: Making;
let made: Made[];
let version: string;
beforeAll(async () => {
  workshop = await Workshop.open(new Progress());
  making = await Making.start(workshop);
  made = await making.make("deb");
  version = await versionOf(checkout);
});
afterAll(() => making?.remove());

/** A system in which commands see the packages. */
function systemWith(packages: readonly string[]): Promise<Fresh> {
  return Fresh.start(workshop, { suite: "trixie", packages }, [
    { from: making.out, to: DEBS },
    { from: join(checkout, "examples"), to: EXAMPLES },
  ]);
}

it("are the same bytes when they are made again", async () => {
  const first = await bytesOf(made);
  expect(first.size).toBe(3);
  expect(differing(first, await bytesOf(await making.make("deb")))).toEqual([]);
});

describe("knem and knem-dev in a fresh system", () => {
  let system: Fresh;
  let before: string[];
  beforeAll(async () => {
    const shells = ["bash-completion", "fish", "zsh"];
    system = await systemWith(["gcc", "libc6-dev", "man-db", "pkgconf", ...shells]);
    await system.tell("apt-get update -q");
    // What knem depends on stays; only what is its own is looked at.
    const others = "nodejs systemd-standalone-sysusers";
    await system.tell(`apt-get install -qq --no-install-recommends ${others}`);
    before = await system.everything();
  });
  afterAll(() => system?.remove());

  it("are installed by apt", async () => {
    const files = `${DEBS}/knem_*.deb ${DEBS}/knem-dev_*.deb`;
    await system.tell(`apt-get install -qq --no-install-recommends ${files}`);
    expect(await system.tell("dpkg --audit; dpkg --verify")).toBe("");
  });

  it("give the command", async () => {
    expect(await system.tell("knem --version")).toBe(version);
    const { status, output } = await system.run("knem stats");
    expect({ status, output }).toMatchObject({ status: 3 });
    expect(output).toContain("KNEM_NO_DEVICE");
  });

  it("give what it measures with, and what describes its documents", async () => {
    const { status, output } = await system.run("knem bench copy");
    expect({ status, output }).toMatchObject({ status: 3 });
    expect(output).toContain("KNEM_NO_DEVICE");
    expect(await system.tell("ls /usr/lib/knem/schema")).toContain("bench.json");
  });

  it("complete the command in every shell", async () => {
    for (const offered of [completed.bash, completed.fish]) {
      expect(await system.tell(offered("knem be"))).toBe("bench");
      expect(await system.tell(offered("knem bench ov"))).toBe("overlap");
      expect(await system.tell(offered("knem stats --js"))).toBe("--json");
      expect(await system.tell(offered("knem doctor --root /etc/host"))).toContain("/etc/hostname");
    }
    const made = (line: string) => system.tell(completed.zsh(line));
    expect(await made("knem be")).toBe("knem bench");
    expect(await made("knem bench ov")).toBe("knem bench overlap");
    expect(await made("knem stats --js")).toBe("knem stats --json");
    expect(await made("knem doctor --root /etc/hostn")).toBe("knem doctor --root /etc/hostname");
  });

  it("give a command that says where packages are made", async () => {
    const { status, output } = await system.run("knem package deb");
    expect(status).toBe(1);
    expect(output).toContain("KNEM_NO_PACKAGING");
    expect(output).toContain("in a checkout");
  });

  it("make the group and the rule for the device", async () => {
    expect(await system.tell("getent group rdma")).toMatch(/^rdma:x:\d+:$/);
    const rule = await system.tell("grep -v '^#' /usr/lib/udev/rules.d/60-knem.rules");
    expect(rule).toBe('KERNEL=="knem", GROUP="rdma", MODE="0660"');
    expect(await system.tell("grep -v '^#' /usr/lib/modules-load.d/knem.conf")).toBe("knem");
    expect(await system.tell("grep -v '^#' /usr/lib/modprobe.d/knem.conf || true")).toBe("");
  });

  it("have manual pages that can be read", async () => {
    for (const page of ["1 knem", "4 knem", "8 knem_load"]) {
      expect(await system.tell(`man --warnings -E UTF-8 ${page} 2>&1 | col -b`)).toContain("NAME");
    }
  });

  it("have a header that programs are compiled with", async () => {
    expect(await system.tell("pkg-config --modversion knem")).toBe(version);
    await system.tell(
      `cc -Wall -Werror -o /tmp/client ${EXAMPLES}/client.c $(pkg-config --cflags knem)`,
    );
  });

  it("are purged, and nothing is left but the group", async () => {
    await system.tell("apt-get purge -qq knem knem-dev");
    expect(difference(before, await system.everything())).toEqual([]);
    expect(await system.tell("find /var -name '*knem*' ! -path '/var/cache/man/*'")).toBe("");
    expect(await system.tell("getent group rdma")).not.toBe("");
  });
});

describe("knem, where something was before", () => {
  let system: Fresh;
  beforeAll(async () => {
    system = await systemWith([]);
    await system.tell("apt-get update -q");
    const others = "libgcc-s1 nodejs procps systemd-standalone-sysusers";
    await system.tell(`apt-get install -qq --no-install-recommends ${others}`);
  });
  afterAll(() => system?.remove());

  /** Runs dpkg, which is killed when it calls `program`; what the program does until then is `half`. */
  async function killedIn(program: string, half: string, dpkg: string): Promise<void> {
    const trap = `#!/bin/sh\n${half}\npkill -KILL -x dpkg\n`;
    const place = `/usr/local/bin/${program}`;
    const { status } = await system.run(
      `cat >${place} <<'END'\n${trap}END\nchmod +x ${place}\n${dpkg}`,
    );
    await system.tell(`rm ${place}`);
    expect(status).toBe(137);
  }

  const state = () =>
    system.tell("dpkg-query -W -f '$''{db:Status-Status}' knem 2>/dev/null || echo none");
  const install = `dpkg --install ${DEBS}/knem_*.deb`;

  it("takes the place of the original's package, whose rule lets everybody in", async () => {
    const old = "/tmp/old";
    await system.tell(`
      mkdir -p ${old}/DEBIAN ${old}/etc/udev/rules.d ${old}/opt/knem-1.1.4.90mlnx3/include
      echo 'KERNEL=="knem", MODE="0666"' >${old}/etc/udev/rules.d/10-knem.rules
      : >${old}/opt/knem-1.1.4.90mlnx3/include/knem_io.h
      echo /etc/udev/rules.d/10-knem.rules >${old}/DEBIAN/conffiles
      printf '%s\\n' 'Package: knem' 'Version: 1.1.4.90mlnx3-OFED.1' 'Architecture: amd64' \\
        'Maintainer: M <m@example.org>' 'Description: the original' >${old}/DEBIAN/control
      dpkg-deb --root-owner-group --build ${old} /tmp/old.deb && dpkg --install /tmp/old.deb
      test -e /etc/udev/rules.d/10-knem.rules
      apt-get install -qq --no-install-recommends ${DEBS}/knem_*.deb ${DEBS}/knem-dev_*.deb`);
    expect(await state()).toBe("installed");
    expect(await system.tell("find /etc -name '10-knem*'; ls /opt 2>/dev/null || :")).toBe("");
    expect(await system.tell("knem --version")).toBe(version);
    await system.tell("dpkg --purge knem knem-dev");
  });

  it("is installed again after half of it was unpacked", async () => {
    const half = '[ "$1" != --fsys-tarfile ] || { /usr/bin/dpkg-deb "$@" | head -c 100000; }';
    const unless = '[ "$1" = --fsys-tarfile ] || exec /usr/bin/dpkg-deb "$@"';
    await killedIn("dpkg-deb", `${unless}\n${half}`, install);
    expect(await state()).toBe("half-installed");
    await system.tell(install);
    expect(await state()).toBe("installed");
    expect(await system.tell("dpkg --audit; dpkg --verify; knem --version")).toBe(version);
    await system.tell("dpkg --purge knem");
  });

  it("is configured after its group could not be made", async () => {
    await killedIn("systemd-sysusers", "", install);
    expect(await state()).toBe("half-configured");
    await system.tell("dpkg --configure -a");
    expect(await state()).toBe("installed");
    expect(await system.tell("getent group rdma")).toMatch(/^rdma:/);
  });

  it("is removed again after half of it was removed", async () => {
    const unless =
      '[ "$DPKG_MAINTSCRIPT_NAME" = postrm ] || exec /usr/bin/dpkg-maintscript-helper "$@"';
    await killedIn("dpkg-maintscript-helper", unless, "dpkg --remove knem");
    expect(await state()).toBe("half-installed");
    await system.tell("dpkg --configure -a; dpkg --remove knem");
    await system.tell("dpkg --purge knem");
    expect(await state()).toBe("none");
    expect(await system.tell("find /usr /etc -name '*knem*'")).toBe("");
  });
});
