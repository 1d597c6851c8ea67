// SPDX-License-Identifier: BSD-3-Clause
import { Progress, Workshop } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout, type Made, versionOf } from "../../src/index.js";
import { difference, Fresh } from "./fresh.js";
import { bytesOf, differing, Making } from "./making.js";

/** Where the packages lie inside. */
const RPMS = "/run/rpms";

let workshop: Workshop;
let making: Making;
let made: Made[];
let version: string;
let system: Fresh;
let before: string[];
beforeAll(async () => {
  workshop = await Workshop.open(new Progress());
  making = await Making.start(workshop);
  made = await making.make("rpm");
  await making.make("tarball");
  version = await versionOf(checkout);
  // dkms is Debian's own: RPM's scriptlets call it as they do elsewhere.
  const packages = ["dkms", "gcc", "libc6-dev", "make", "nodejs", "pkgconf", "procps", "rpm"];
  const binds = [{ from: making.out, to: RPMS }];
  system = await Fresh.start(workshop, { suite: "trixie", packages }, binds);
  // Where RPM is at home, a package of the system's own has these.
  const folders = "licenses man/man1 man/man4 man/man8";
  const places = "modprobe.d modules-load.d sysusers.d udev/rules.d";
  await tell(`rpm --initdb; mkdir /var/cache/built
              cd /usr/share && mkdir -p ${folders}; cd /usr/lib && mkdir -p ${places}`);
  before = await system.everything();
});
afterAll(async () => {
  await system?.remove();
  await making?.remove();
});

const tell = (script: string) => system.tell(script);

/** rpm knows of none of the packages that Debian's own tools have installed. */
const rpm = (words: string) => tell(`rpm --nodeps ${words}`);

/** What dkms says of the module. */
const known = () => tell("dkms status -m knem");

it("are the same bytes when they are made again", async () => {
  const first = await bytesOf(made);
  expect(first.size).toBe(3);
  expect(differing(first, await bytesOf(await making.make("rpm")))).toEqual([]);
});

describe("rpmbuild -tb", () => {
  const build = (options = "") =>
    tell(`rpmbuild -tb ${RPMS}/knem-${version}.tar.gz --define '_rpmdir /var/cache/built' ${options}
          find /var/cache/built -name '*.rpm' | sort`);

  it("builds the packages from the tarball alone, without the command", async () => {
    const files = (await build()).split("\n").slice(-3);
    expect(files).toEqual(
      ["knem", "knem-devel", "knem-dkms"].map(
        (name) => `/var/cache/built/noarch/${name}-${version}-1.noarch.rpm`,
      ),
    );
    const list = await tell(`rpm -qpl /var/cache/built/noarch/knem-${version}-1.noarch.rpm`);
    expect(list).toContain("/usr/lib/udev/rules.d/60-knem.rules");
    expect(list).not.toContain("/usr/bin/knem");
  });
});

describe("the packages", () => {
  it("bear their licences, and say what they provide", async () => {
    const ask = `rpm -qp --queryformat '%{NAME}: %{LICENSE}\\n' ${RPMS}/*.rpm | sort`;
    expect((await tell(ask)).split("\n")).toEqual([
      "knem-devel: BSD-3-Clause",
      "knem-dkms: GPL-2.0-only OR BSD-3-Clause",
      "knem: BSD-3-Clause AND MIT AND ISC",
    ]);
    expect(await tell(`rpm -qp --provides ${RPMS}/knem-dkms-*.rpm`)).toContain("knem-kmod = ");
    expect(await tell(`rpm -qp --provides ${RPMS}/knem-devel-*.rpm`)).toContain("pkgconfig(knem)");
  });

  it("are installed, and are then what they were made as", async () => {
    await rpm(`-i ${RPMS}/*.rpm`);
    expect(await rpm("-V knem knem-devel knem-dkms")).toBe("");
    expect(await tell("knem --version")).toBe(version);
    expect(await tell("getent group rdma")).toMatch(/^rdma:/);
    expect(await tell("pkg-config --modversion knem")).toBe(version);
    expect(await known()).toContain(`knem/${version}`);
  });

  it("leave the module with dkms when another release of the same version comes", async () => {
    await tell(`mkdir /tmp/again && cd /tmp/again && tar -xf ${RPMS}/knem-${version}.tar.gz
                sed -i 's/^Release: .*/Release: 2/' knem-${version}/knem.spec
                tar -czf knem-${version}.tar.gz knem-${version}
                rpmbuild -tb knem-${version}.tar.gz --define '_rpmdir /var/cache/built'
                rpm --nodeps -U /var/cache/built/noarch/knem-dkms-${version}-2.noarch.rpm`);
    expect(await tell("rpm -q knem-dkms")).toBe(`knem-dkms-${version}-2.noarch`);
    expect(await known()).toContain(`knem/${version}`);
  });

  it("are removed, and nothing is left but the group", async () => {
    await rpm("-e knem knem-devel knem-dkms");
    expect(await known()).toBe("");
    expect(difference(before, await system.everything())).toEqual([]);
  });
});
