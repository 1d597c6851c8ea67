// SPDX-License-Identifier: BSD-3-Clause
import { join } from "node:path";
import { type ChrootOptions, Progress, targets, Workshop } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, checkout, orderOf, plan, versionOf } from "../../src/index.js";
import { guideBlocks } from "../guide.js";
import { Machine } from "./machine.js";

let version: string;
let release: string;
/** Where the source is built; nothing for that is installed at first. */
let builder: Machine;
/** One that shares the prefix; it has a kernel, but nothing to build with. */
let machine: Machine;

beforeAll(async () => {
  const workshop = await Workshop.open(new Progress());
  const [target] = targets;
  if (!target) throw new Error("there is no target");
  release = (await workshop.kernel(target)).release;
  version = await versionOf(checkout);
  builder = await Machine.start(workshop);
  machine = await Machine.start(workshop);
  await workshop.cache.temporary("tarball", async (out) => {
    await apply(
      await plan(orderOf({ kind: "tarball", out }), workshop.cache, workshop.progress),
      workshop,
    );
    await must(builder, "cp /run/out/* /usr/local/src", { binds: [{ from: out, to: "/run/out" }] });
  });
  // The builder runs on this host's kernel; it believes that it runs on the one to build for.
  const uname = `[ "$*" = -r ] && echo ${release} || exec /usr/bin/uname "$@"`;
  const input = `#!/bin/sh\n${uname}\n`;
  await must(builder, "cat >/usr/local/bin/uname && chmod 755 /usr/local/bin/uname", { input });
  const signing = ["openssl", `linux-kbuild-${release.replace(/-.*/, "")}`];
  const kernel = ["linux-base", `linux-image-${release}`, ...signing];
  expect(await machine.apt("install", "-t", "trixie-backports", ...kernel)).toMatchObject({
    status: 0,
  });
});
afterAll(async () => {
  await machine?.remove();
  await builder?.remove();
});

const SOURCES = "/usr/local/src";
const LOCAL = "/opt/knem/sbin/knem_local_install";

/** What a script prints, which must work. */
async function must(on: Machine, script: string, options: ChrootOptions = {}): Promise<string> {
  const what = `this failed: ${script}`;
  return (await on.chroot.must(what, ["sh", "-euc", script], options)).stdout.trim();
}

const build = (script: string, cwd = SOURCES) => must(builder, script, { cwd });
const local = (args = "", env = {}) =>
  machine.sh(`${LOCAL} ${args}`, { env: { KVERSION: release, ...env } });

/** All files below a folder of a system. */
async function filesIn(on: Machine, folder: string): Promise<string[]> {
  const list = await on.tell(`cd ${folder} && find . -not -type d -printf '%P\\n'`);
  return list.split("\n").filter(Boolean).sort();
}

/** Runs the script, and whatever it says is to be done, until it succeeds; gives the packages that were installed. */
async function followRemedies(script: string): Promise<string[]> {
  const installed: string[] = [];
  for (;;) {
    const { status, output } = await builder.sh(script, { cwd: SOURCES });
    if (status === 0) return installed;
    const remedy = /what to do: apt-get install ([^;]*);/.exec(output)?.[1];
    if (!remedy || installed.includes(remedy)) throw new Error(output);
    expect(await builder.apt("install", ...remedy.split(" "))).toMatchObject({ status: 0 });
    installed.push(remedy);
  }
}

describe("the source, in a system with no compiler,", () => {
  it("says what to install until it can be configured", { timeout: 1_800_000 }, async () => {
    const [unpack, enter, configure] =
      (await guideBlocks("Without packages"))[0]?.split("\n") ?? [];
    expect(configure).toBe("./configure --prefix=/opt/knem");
    const installed = await followRemedies([unpack, enter, configure].join(" && "));
    expect(installed[0]).toBe(`linux-headers-${release}`);
    expect(installed.join(" ")).toMatch(/\brustc\b.*\blinux-source-/s);
  });

  it("is built and installed as the original was", { timeout: 1_800_000 }, async () => {
    const [, , , ...rest] = (await guideBlocks("Without packages"))[0]?.split("\n") ?? [];
    expect(rest).toEqual(["make", "make install"]);
    await build(rest.join(" && "), `${SOURCES}/knem-${version}`);
    const docs = await filesIn(builder, `${SOURCES}/knem-${version}/docs`);
    // What pages are rendered from is not for reading.
    const documents = docs.filter((name) => name.endsWith(".md"));
    expect(documents).toContain("guide.md");
    expect(await filesIn(builder, "/opt/knem")).toEqual(
      [
        "etc/60-knem.rules",
        "etc/modprobe.d/knem.conf",
        "etc/modules-load.d/knem.conf",
        "etc/sysusers.d/knem.conf",
        "include/knem_io.h",
        "lib/pkgconfig/knem.pc",
        `lib/modules/${release}/knem.ko`,
        "sbin/knem_load",
        "sbin/knem_local_install",
        ...["BSD-3-Clause.txt", "GPL-2.0-only.txt", "README.md", ...documents].map(
          (name) => `share/doc/knem/${name}`,
        ),
        "share/man/man4/knem.4",
        "share/man/man8/knem_load.8",
        "share/man/man8/knem_local_install.8",
      ].sort(),
    );
  });

  it("is built elsewhere than where it lies, by an ordinary user", async () => {
    const make = "make KBUILD_ARGS=V=1 >log 2>&1 || { tail -n 30 log; exit 1; }";
    const user =
      "setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/tmp KNEM_CACHE=/var/cache/knem";
    await build("mkdir -p /srv/work && chown 1000:1000 /srv/work");
    await build(
      `${user} sh -euc '
         ${SOURCES}/knem-${version}/configure --with-linux-build=/lib/modules/${release}/build --enable-debug
         ${make}'`,
      "/srv/work",
    );
    const parameter = await build(
      `modinfo -p modules/${release}/knem.ko | grep ^debug:`,
      "/srv/work",
    );
    expect(parameter).toMatch(/default 1\)/);
    expect(await build("grep -c -- --edition=2021 log", "/srv/work")).not.toBe("0");
    // What an ordinary user has built, root installs and does not build again.
    const before = await build(`stat -c %Y modules/${release}/knem.ko`, "/srv/work");
    await build("make install-strip DESTDIR=/srv/stage", "/srv/work");
    expect(await build(`stat -c %Y modules/${release}/knem.ko`, "/srv/work")).toBe(before);
    const staged = (await filesIn(builder, "/srv/stage")).map((name) => `/${name}`);
    const installed = await filesIn(builder, "/opt/knem");
    expect(staged).toEqual(installed.map((name) => `/opt/knem/${name}`));
    const size = (folder: string) => build(`stat -c %s ${folder}/lib/modules/${release}/knem.ko`);
    expect(Number(await size("/srv/stage/opt/knem"))).toBeLessThan(
      Number(await size("/opt/knem")) / 4,
    );
    await build(
      "make uninstall DESTDIR=/srv/stage && rmdir /srv/stage/opt /srv/stage",
      "/srv/work",
    );
    await build("make distclean && rm log && rmdir /srv/work", "/srv/work");
  });

  it("installs into a system's own folders, without the module", async () => {
    await build(`mkdir -p /srv/system && cd /srv/system &&
      ${SOURCES}/knem-${version}/configure --disable-module --prefix=/usr --sbindir=/usr/sbin &&
      make && make install DESTDIR=/srv/stage`);
    const files = await filesIn(builder, "/srv/stage");
    expect(files).toEqual(
      expect.arrayContaining([
        "usr/lib/udev/rules.d/60-knem.rules",
        "usr/lib/sysusers.d/knem.conf",
        "usr/lib/modules-load.d/knem.conf",
        "usr/lib/modprobe.d/knem.conf",
        "usr/include/knem_io.h",
      ]),
    );
    expect(files.filter((name) => name.endsWith(".ko"))).toEqual([]);
    await build("make uninstall DESTDIR=/srv/stage", "/srv/system");
    expect(await filesIn(builder, "/srv/stage")).toEqual([]);
  });
});

describe("a checkout on a machine with a compiler", () => {
  /** All of it that runs; the tools of those who change it are large. */
  const tools = ["@biomejs", "@rolldown", "@typescript", "lightningcss", "typescript"];
  const apart = [
    ...[".git", "build", "target"].map((name) => `./${name}`),
    ...tools.map((name) => `./node_modules/.pnpm/${name}*`),
  ];

  beforeAll(async () => {
    const packages = [`linux-image-${release}`, "linux-base", "nodejs"];
    expect(await builder.apt("install", "-t", "trixie-backports", ...packages)).toMatchObject({
      status: 0,
    });
    const excluded = apart.map((name) => `--exclude='${name}'`).join(" ");
    await must(
      builder,
      `mkdir /srv/checkout && tar -C /run/checkout ${excluded} -c . | tar -C /srv/checkout -x`,
      { binds: [{ from: checkout, to: "/run/checkout" }] },
    );
  });

  it("builds, installs and loads the module by knem install, and takes it back", async () => {
    const knem = "node packages/knem/bin/knem.js";
    const script = `set -e; cd /srv/checkout
      ${knem} install --prefix /srv/knem
      stat -c '%U:%G %a' /dev/knem; ${knem} doctor --json >/tmp/doctor.json || :
      ${knem} version; ${knem} install --uninstall --prefix /srv/knem
      find / -xdev -path /srv -prune -o -name '*knem.ko' -print; ls /dev/knem || echo gone`;
    // Emulated, the compiler takes minutes.
    const machine = { builds: true, memory: 6144, timeLimit: 1500 };
    const { status, output } = await builder.boot(release, script, [], machine);
    expect({ status, output }).toEqual({ status: 0, output: expect.any(String) });
    expect(output).toContain("root:rdma 660\n");
    expect(output).toMatch(new RegExp(`^Module +${version.replaceAll(".", "\\.")}$`, "m"));
    expect(output).toMatch(/gone\n$/);
  }, 1_800_000);
});

describe("a machine that shares the prefix", () => {
  let before: string[];
  /** Everything on it, but for what making a group leaves beside /etc/group. */
  const everything = async () =>
    [...(await machine.listing())].filter((name) => !/^\/etc\/g(roup|shadow)-$/.test(name)).sort();

  beforeAll(async () => {
    const from = join(builder.chroot.tree, "opt/knem");
    await must(machine, "cp -R /run/shared /opt/knem", {
      binds: [{ from, to: "/run/shared" }],
    });
    before = await everything();
  });

  it("gets the module where modprobe finds it, the rule and the group", async () => {
    expect(await local()).toMatchObject({ status: 0 });
    const info = (field: string) => must(machine, `modinfo -k ${release} -F ${field} knem`);
    expect(await info("filename")).toBe(`/lib/modules/${release}/extra/knem/knem.ko`);
    expect(await info("version")).toBe(version);
    expect(await info("vermagic")).toContain(release);
    expect(await must(machine, "getent group rdma")).toMatch(/^rdma:x:\d+:$/);
    await must(machine, "cmp /opt/knem/etc/60-knem.rules /etc/udev/rules.d/60-knem.rules");
    const added = (await everything()).filter((name) => !before.includes(name));
    expect(added).toEqual([
      "/etc/udev/rules.d/60-knem.rules",
      `/usr/lib/modules/${release}/extra`,
      `/usr/lib/modules/${release}/extra/knem`,
      `/usr/lib/modules/${release}/extra/knem/knem.ko`,
    ]);
  });

  it("is left as it is by a second run", async () => {
    const state = "find / -xdev -not -type d -newer /run/mark -not -name 'modules.*'";
    const run = `touch /run/mark; sleep 1; ${LOCAL}; ${state}`;
    const output = await must(machine, run, { env: { KVERSION: release } });
    expect(output.split("\n").every((line) => line.endsWith("is there already"))).toBe(true);
  });

  it("refuses the module for another kernel", async () => {
    const { status, output } = await local("", { KVERSION: "6.12.0-other" });
    expect(status).toBe(1);
    expect(output).toContain(`has knem.ko for ${release}`);
  });

  it("keeps its own files, and is left with nothing else when all is removed", async () => {
    const rule = "/etc/udev/rules.d/60-knem.rules";
    await must(machine, `echo '# ours' >>${rule}`);
    expect(await local()).toMatchObject({ status: 0 });
    const kept = await must(machine, `ls ${rule}.*`);
    expect(kept).toMatch(/\.rules\.\d{8}\.\d{6}$/);
    expect(await must(machine, `tail -n 1 ${kept} && rm ${kept}`)).toBe("# ours");
    expect(await local("--uninstall")).toMatchObject({ status: 0 });
    expect(await everything()).toEqual(before);
    await must(machine, `[ ! -e /lib/modules/${release}/extra ]`);
    const known = await machine.sh(`modinfo -k ${release} knem`);
    expect(known.status).not.toBe(0);
  });
});

describe("a machine that runs on the kernel", () => {
  it("has /dev/knem for the group by its own udev, and gives all of it back", async () => {
    const [, install, uninstall] = await guideBlocks("Without packages");
    const { status, output } = await machine.boot(
      release,
      `set -e; ${install}; udevadm settle; stat -c '%U:%G %a' /dev/knem; head -n 1 /dev/knem
       ls /etc/modules-load.d/knem.conf; ${install}
       ${uninstall}
       find / -xdev -path /opt -prune -o -name '*knem*' -print; echo nothing else`,
    );
    const lines = output.split("\n").map((line) => line.replace(/^knem_local_install: /, ""));
    const files = [
      `/lib/modules/${release}/extra/knem/knem.ko`,
      "/etc/udev/rules.d/60-knem.rules",
      "/etc/modules-load.d/knem.conf",
    ];
    expect({ status, lines }).toEqual({
      status: 0,
      lines: [
        ...[`${files[0]} is installed`, `${files[1]} is installed`, `${files[2]} is installed`],
        "the module knem is loaded",
        ...["root:rdma 660", expect.stringContaining(version), files[2]],
        ...files.map((file) => `${file} is there already`),
        "the module knem is loaded already",
        ...files.map((file) => `${file} is removed`),
        ...["nothing else", ""],
      ],
    });
  });

  it("loads it whenever it starts, if told to", async () => {
    expect(await local("--load")).toMatchObject({ status: 0 });
    const state = "stat -c '%U:%G %a' /dev/knem; systemctl is-system-running --wait";
    expect((await machine.boot(release, state)).output).toBe("root:rdma 660\nrunning\n");
    expect(await local("--uninstall")).toMatchObject({ status: 0 });
  });
});

describe("a machine that wants signatures", () => {
  const enforced = ["module.sig_enforce=1"];

  it("is told that the module has none", async () => {
    expect(await local()).toMatchObject({ status: 0 });
    const { status, output } = await machine.boot(release, "/opt/knem/sbin/knem_load", enforced);
    expect(status).toBe(1);
    expect(output).toContain("Key was rejected by service");
    expect(output).toContain("knem.ko bears no signature");
    expect(output).toContain("(it was started with module.sig_enforce)");
    expect(output).toContain("make a key: ");
    expect(output).toContain("no EFI firmware");
  });

  it("gets the module signed with its key, and is told that the kernel does not know that", async () => {
    const [key = "", load = ""] = await guideBlocks("Signed modules");
    await must(machine, `hostname() { echo site; }; ${key}`);
    expect(await local()).toMatchObject({
      status: 0,
      output: expect.stringContaining("signed with /var/lib/dkms/mok.key"),
    });
    expect((await local()).output).not.toContain("is installed");
    const info = (field: string) => must(machine, `modinfo -k ${release} -F ${field} knem`);
    expect(await info("signer")).toBe("site modules");
    const script = `PATH=$PATH:/opt/knem/sbin; ${load}`;
    const { status, output } = await machine.boot(release, script, enforced);
    expect(status).toBe(1);
    expect(output).toContain("Key was rejected by service");
    expect(output).toContain('knem.ko is signed with that of "site modules"');
    const loaded = await machine.boot(release, script);
    expect(loaded).toMatchObject({ status: 0, output: "the module knem is loaded\n" });
    expect(await local("--uninstall")).toMatchObject({ status: 0 });
  });
});
