// SPDX-License-Identifier: BSD-3-Clause
import { type Kernel, Progress, targets, Workshop } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout, versionOf } from "../../src/index.js";
import { withDeb } from "./debs.js";
import { Machine } from "./machine.js";

/** One machine, from the first installation through a kernel's upgrade to the purge: the tests are its story. */
let machine: Machine;
let workshop: Workshop;
let old: Kernel;
let next: Kernel;
let before: Set<string>;
/** The module and its version, as dkms wants to be told them. */
let name: string;

/** For what regenerates metadata: a minute where nothing else runs, ten where much does. */
const patience = 1_800_000;

const backports = ["install", "-t", "trixie-backports"];

/** The newest cloud kernel of a series. */
async function newest(series: string): Promise<Kernel> {
  const target = targets.find((one) => one.series === series && one.flavour === "cloud-amd64");
  if (!target) throw new Error(`no target has the kernels ${series}`);
  return workshop.kernel(target);
}

/** What is said of a kernel that the module is not built for; the hooks of its image and of its headers say the same. */
function told(output: string, release: string): string[] {
  // apt has dpkg write to a terminal.
  const lines = output.split(/\r?\n/);
  return [...new Set(lines.filter((line) => line.startsWith(`knem: not built for ${release}: `)))];
}

/** Where the module of a kernel is: dkms compresses it where the kernel's own modules are. */
const module = (release: string) => `/lib/modules/${release}/updates/dkms/knem.ko`;
const uncompressed = (path: string) => path.replace(/\.xz$/, "");

/** What the module that is installed for a kernel says of itself. */
const field = (release: string, which: string) =>
  machine.tell(`modinfo -k ${release} -F ${which} knem`);

beforeAll(async () => {
  workshop = await Workshop.open(new Progress());
  [old, next] = [await newest("7.2"), await newest("7.3")];
  name = `knem/${await versionOf(checkout)}`;
  machine = await Machine.start(workshop);
});
afterAll(() => machine?.remove());

describe("knem-dkms, on a machine with a 7.2 kernel", () => {
  it("is installed, without a module as long as the kernel's source is missing, and says what to install", async () => {
    const { release, version } = old;
    // With headers of backports comes their libelf, and trixie's libelf-dev does not go with that.
    const kernel = [`linux-image-${release}`, `linux-headers-${release}`, "libelf-dev"];
    expect(await machine.apt(...backports, ...kernel)).toMatchObject({ status: 0 });
    before = await machine.listing();
    const { status, output } = await withDeb(workshop, "knem-dkms", (deb) => machine.install(deb));
    expect(status, output).toBe(0);
    expect(told(output, release)).toEqual([
      `knem: not built for ${release}: its source is not there; apt-get install linux-source-7.2=${version}`,
    ]);
    expect(await machine.tell("dpkg --audit")).toBe("");
  });

  it("builds the module when the source arrives, by the command that it said", {
    timeout: patience,
  }, async () => {
    const { release, version } = old;
    const { status, output } = await machine.apt("install", `linux-source-7.2=${version}`);
    expect(status, output).toBe(0);
    expect(await field(release, "vermagic")).toMatch(
      new RegExp(`^${release.replace("+", "\\+")} `),
    );
  });

  it("signs it with the machine's own key", async () => {
    const signer = await field(old.release, "signer");
    const subject = await machine.tell(
      "openssl x509 -inform DER -in /var/lib/dkms/mok.pub -noout -subject",
    );
    expect(signer).not.toBe("");
    expect(subject).toContain(signer);
  });

  it("builds it anew in seconds, with the metadata that was kept", async () => {
    const { release } = old;
    const again = `dkms unbuild ${name} -k ${release} && dkms install ${name} -k ${release}`;
    const begin = Date.now();
    await machine.tell(again);
    const seconds = (Date.now() - begin) / 1000;
    const log = await machine.tell(`cat /var/lib/dkms/knem/*/${release}/*/log/make.log`);
    expect(log).not.toContain("regenerating");
    expect(log).toContain(`knem: building for ${release}`);
    console.log(`the second build took ${seconds.toFixed(1)} s`);
  });

  it("uses headers that bring metadata as they are", async () => {
    // Such as the tree that was kept, which is all that a distribution with metadata has.
    const script = `cp -r /usr/src/knem-*/kernel-rs /tmp/module && cd /tmp/module
      KNEM_CACHE=/tmp/cache KNEM_SOURCES=/nowhere sh build.sh /var/cache/knem/metadata/*/kernel >&2
      modinfo -F vermagic knem.ko; [ ! -e /tmp/cache ] || echo regenerated`;
    const { stdout } = await machine.sh(script);
    expect(stdout.split(" ")[0]).toBe(old.release);
    expect(stdout).not.toContain("regenerated");
  });
});

describe("a kernel's upgrade by apt alone", () => {
  it("brings the module for the new kernel, and leaves the old one's", {
    timeout: patience,
  }, async () => {
    const latest = ["linux-image-cloud-amd64", "linux-headers-cloud-amd64", "linux-source"];
    const begin = Date.now();
    const { status, output } = await machine.apt(...backports, ...latest);
    console.log(`the upgrade took ${((Date.now() - begin) / 1000).toFixed(1)} s`);
    expect(status, output).toBe(0);
    for (const { release } of [old, next]) {
      expect(uncompressed(await field(release, "filename"))).toBe(module(release));
      expect((await field(release, "vermagic")).split(" ")[0]).toBe(release);
    }
  });

  it.each([["old", () => old] as const, ["new", () => next] as const])(
    "the %s kernel boots and loads its module",
    async (_, kernel) => {
      const { release } = kernel();
      const script = "modprobe knem && uname -r && modinfo -n knem && head -n 1 /dev/knem";
      const { output, status } = await machine.boot(release, script);
      expect(status, output).toBe(0);
      expect(output.split("\n").slice(0, 2).map(uncompressed)).toEqual([release, module(release)]);
      expect(output).toContain("knem");
    },
  );

  it("ends well even when the module cannot be compiled, which is told", async () => {
    const { release } = next;
    const main = await machine.tell("ls /usr/src/knem-*/kernel-rs/main.rs");
    await machine.tell(`cp -a ${main} /root.rs; echo 'fn main() { 1 + }' >> ${main}`);
    await machine.tell(`dkms unbuild ${name} -k ${release}`);
    const { status, output } = await machine.apt(
      "install",
      "--reinstall",
      `linux-headers-${release}`,
    );
    const byHand = await machine.sh(`dkms install ${name} -k ${release}`);
    await machine.tell(`mv /root.rs ${main}`);
    expect(status, output).toBe(0);
    expect(output).toContain("make.log");
    expect(await machine.tell("dpkg --audit")).toBe("");
    // Whoever asks for the module alone learns that there is none.
    expect(byHand.status).not.toBe(0);
    expect(await machine.tell(`ls ${module(old.release)}*`)).not.toBe("");
    expect((await machine.sh(`ls ${module(release)}*`)).status).not.toBe(0);
  });

  it("makes up for one that was killed half-way", async () => {
    const { release } = next;
    // Whatever it had started is killed with it.
    const killed = await machine.sh(`timeout --signal=KILL 2 dkms install ${name} -k ${release}`);
    expect(killed.status).toBe(137);
    const { status } = await machine.apt("install", "--reinstall", `linux-headers-${release}`);
    expect(status).toBe(0);
    expect((await field(release, "vermagic")).split(" ")[0]).toBe(release);
  });

  it("to a kernel without Rust skips it with one line, and ends well", async () => {
    const stable = await machine.tell(
      "apt-cache depends linux-headers-cloud-amd64/trixie | sed -n 's/.*Depends: linux-headers-\\(.*\\)/\\1/p'",
    );
    expect(stable).toMatch(/^6\.12\./);
    const { status, output } = await machine.apt(
      "install",
      `linux-image-${stable}`,
      `linux-headers-${stable}`,
    );
    expect(status, output).toBe(0);
    expect(told(output, stable)).toEqual([
      `knem: not built for ${stable}: it was built without Rust (CONFIG_RUST); apt-get install -t trixie-backports linux-image-cloud-amd64 linux-headers-cloud-amd64 linux-source`,
    ]);
    expect(await machine.tell("dpkg --audit")).toBe("");
  });
});

describe("the end of a kernel", () => {
  it("is the end of its module and of what was kept for it", async () => {
    const { release } = old;
    const gone = [`linux-image-${release}`, `linux-headers-${release}`];
    expect(await machine.apt("purge", ...gone)).toMatchObject({ status: 0 });
    const left = [...(await machine.listing())].filter((path) => path.includes(release));
    expect(left.filter((path) => /knem|dkms/.test(path))).toEqual([]);
  });
});

describe("the purge of knem-dkms", () => {
  it("leaves nothing behind", async () => {
    expect(await machine.apt("purge", "knem-dkms")).toMatchObject({ status: 0 });
    const fresh = [...(await machine.listing())].filter((path) => !before.has(path));
    expect(fresh.filter((path) => /knem/i.test(path))).toEqual([]);
    // What else is new where modules are built and installed belongs to packages, or their tools made it.
    const places =
      /^\/(usr\/src|usr\/lib\/modules|var\/lib\/dkms|etc\/(dkms|modprobe\.d|modules-load\.d|udev))\//;
    const made = /\/modules\/[^/]*\/modules\.|^\/var\/lib\/dkms\/mok\.(key|pub)$/;
    const owned = new Set((await machine.tell("cat /var/lib/dpkg/info/*.list")).split("\n"));
    const unowned = (path: string) => !owned.has(path) && !owned.has(path.replace(/^\/usr/, ""));
    const left = fresh.filter((path) => places.test(path) && !made.test(path) && unowned(path));
    expect(left).toEqual([]);
  });
});
