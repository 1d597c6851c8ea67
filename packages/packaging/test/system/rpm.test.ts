// SPDX-License-Identifier: BSD-3-Clause
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Bind, KERNEL_INSIDE, Progress, type Target, targets, Workshop } from "@knem/kernels";
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
  const shells = "bash-completion/completions fish/vendor_completions.d zsh/site-functions";
  const folders = `licenses man/man1 man/man4 man/man8 ${shells}`;
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

describe("the package of a module", () => {
  it("is built for a kernel whose headers are there, and is for that kernel alone", async () => {
    const target = targets[0] as Target;
    const { release } = await workshop.kernel(target);
    const grafted = await workshop.grafted(target);
    const headers = await Promise.all(grafted.trees.map(headersOf));
    const packages = [
      ...["bc", "bindgen", "dwarves", "gcc", "kmod", "libelf-dev", "libssl-dev", "make", "rpm"],
      ...["rust-src", "rustc"],
    ];
    const binds = [{ from: making.out, to: RPMS }, ...grafted.binds, ...headers.flat()];
    const builder = await Fresh.start(workshop, { suite: "trixie", packages }, binds);
    const kernel = `--define 'kernel ${release}' --define 'kernel_build ${KERNEL_INSIDE}'`;
    const name = `kmod-knem-${release}`;
    const output = await builder.tell(`
      rpmbuild -tb --with kmod ${kernel} ${RPMS}/knem-${version}.tar.gz >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }
      cd /root/rpmbuild/RPMS/x86_64 && rpm -qp --requires --provides ${name}-*.rpm
      rpm --initdb && rpm -i --nodeps ${name}-*.rpm && rpm -V --nodeps ${name}
      modinfo -F vermagic /lib/modules/${release}/extra/knem.ko
      rpm -e ${name}; ! ls /lib/modules/${release}/extra/knem.ko`);
    await builder.remove();
    const lines = output.split("\n");
    expect(lines).toContain(`knem-kmod = ${version}-1`);
    expect(output).toContain(`\n${release} SMP`);
  });
});

/** What a kernel's header packages bring, where they bring it. */
async function headersOf(tree: string): Promise<Bind[]> {
  const each = ["/usr/lib", "/usr/src"].map(async (folder) => {
    const names = await readdir(join(tree, folder));
    const headers = names.filter((name) => /^linux-(kbuild|headers)-/.test(name));
    return headers.map((name) => ({ from: join(tree, folder, name), to: `${folder}/${name}` }));
  });
  return (await Promise.all(each)).flat();
}
