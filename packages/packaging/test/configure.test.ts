// SPDX-License-Identifier: BSD-3-Clause
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CommandResult, run } from "@knem/kernels";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Scratch, scratch, unpackSource } from "./source.js";

let place: Scratch;
let version: string;
let build: string;
let builds = 0;
beforeAll(async () => {
  place = await scratch();
  version = await unpackSource(join(place.folder, "source"));
});
beforeEach(async () => {
  build = join(place.folder, `build${++builds}`);
  await mkdir(build);
});
afterAll(() => place.remove());

/** `${name}`, for make and pkg-config. */
const reference = (name: string) => `\${${name}}`;

const PATH = process.env["PATH"] ?? "";

function configure(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return run("sh", ["../source/configure", ...args], { cwd: build, env: { PATH, ...env } });
}

/** Configures, which must work; gives what was written. */
async function configured(args: readonly string[], env?: NodeJS.ProcessEnv) {
  const result = await configure(args, env);
  expect(result).toMatchObject({ status: 0 });
  const read = (name: string) => readFile(join(build, name), "utf8");
  return {
    output: result.output,
    makefile: await read("Makefile"),
    description: await read("knem.pc"),
    install: await read("knem_local_install"),
  };
}

async function put(name: string, text: string, mode = 0o644): Promise<string> {
  const file = join(build, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

/** What a kernel's headers look like, with the metadata of its Rust; gives the folder. */
async function headers(release: string, config: readonly string[]): Promise<string> {
  await put("headers/include/config/kernel.release", `${release}\n`);
  await put("headers/rust/core.rmeta", "");
  await put("headers/.config", config.map((line) => `CONFIG_${line}\n`).join(""));
  return join(build, "headers");
}

const rust = [
  ...["RUST=y", "RUSTC_VERSION=108501", 'RUSTC_VERSION_TEXT="rustc 1.85.1"'],
  ...["GCC_VERSION=140200", 'CC_VERSION_TEXT="some-gcc (Debian) 14.2.0"'],
];

/** A build's programs, of those versions and able to do no more than tell them; first on the path. */
async function compilers(): Promise<Record<"PATH" | "KCC" | "RUSTC", string>> {
  const program = (name: string, text: string) => put(`bin/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
  const gcc = (name: string) => program(name, '[ "$1" = -dumpfullversion ] && echo 14.2.0');
  await program("pahole", "echo v1.30");
  await gcc("some-gcc");
  return {
    KCC: await gcc("old-gcc"),
    RUSTC: await program("old-rustc", "echo rustc 1.85.1"),
    PATH: `${build}/bin:${PATH}`,
  };
}

describe("configure", () => {
  it("writes three files into the folder that it is called in, and nothing else", async () => {
    const { makefile, install, output } = await configured(["--disable-module"]);
    expect((await readdir(build)).sort()).toEqual(["Makefile", "knem.pc", "knem_local_install"]);
    expect(makefile).toContain("\nsrcdir = ../source\nprefix = /opt/knem\n");
    expect(makefile + install).not.toMatch(/@\w+@/);
    expect(output).toContain(`KNEM ${version} goes to /opt/knem`);
  });

  it("takes every directory of the GNU standards, in both spellings", async () => {
    const { makefile, install } = await configured([
      ...["--disable-module", "--prefix=/a", "--exec-prefix", "/b", "--sbindir=/c/sbin"],
      ...["--libdir=/d", `--includedir=${reference("prefix")}/headers`, "--docdir", "/e"],
      ...["--udevrulesdir=/f/rules.d", `--mandir=${reference("datarootdir")}/manual`],
    ]);
    const lines = makefile.split("\n");
    expect(lines).toEqual(
      expect.arrayContaining([
        ...["prefix = /a", "exec_prefix = /b", "sbindir = /c/sbin", "libdir = /d", "docdir = /e"],
        ...[
          `includedir = ${reference("prefix")}/headers`,
          `mandir = ${reference("datarootdir")}/manual`,
        ],
        ...[
          `pkgconfigdir = ${reference("libdir")}/pkgconfig`,
          `sysconfdir = ${reference("prefix")}/etc`,
        ],
      ]),
    );
    const settings = ["prefix=/a", "sbin=/c/sbin", "modules=/d/modules"];
    expect(install.split("\n")).toEqual(
      expect.arrayContaining([...settings, "rule=/f/rules.d/60-knem.rules"]),
    );
  });

  it("puts a system's settings where the system looks if the prefix is /usr", async () => {
    const { makefile } = await configured(["--disable-module", "--prefix=/usr"]);
    for (const [name, folder] of [
      ["sysconfdir", "/etc"],
      ["udevrulesdir", "/usr/lib/udev/rules.d"],
      ["sysusersdir", "/usr/lib/sysusers.d"],
      ["modulesloaddir", "/usr/lib/modules-load.d"],
      ["modprobedir", "/usr/lib/modprobe.d"],
    ]) {
      expect(makefile).toContain(`\n${name} = ${folder}\n`);
    }
  });

  it("describes itself to pkg-config with the directories chosen", async () => {
    const args = [
      "--disable-module",
      "--prefix=/usr",
      `--libdir=${reference("exec_prefix")}/lib/arch`,
    ];
    const { description } = await configured(args);
    expect(description).toMatch(/^# SPDX.*\nprefix=\/usr\nexec_prefix=\$\{prefix\}\nlibdir=/);
    expect(description.split("\n")).toEqual(
      expect.arrayContaining([
        `libdir=${reference("exec_prefix")}/lib/arch`,
        `includedir=${reference("prefix")}/include`,
        `Cflags: -I${reference("includedir")}`,
        `Version: ${version}`,
      ]),
    );
    expect(description).not.toContain("Libs");
  });

  it("accepts what packagers pass to every configure, and what KNEM once knew", async () => {
    const quiet = ["--quiet", "--disable-module"];
    const standard = [
      ...["--build=x86_64-linux-gnu", "--localstatedir=/var", "--runstatedir=/run"],
      ...[
        `--infodir=${reference("prefix")}/share/info`,
        "--program-prefix=",
        "--libexecdir=/usr/libexec",
      ],
      ...["--disable-option-checking", "--disable-silent-rules", "--disable-maintainer-mode"],
      ...["--disable-dependency-tracking"],
    ];
    expect((await configured([...quiet, ...standard])).output).toBe("");
    const told = await configured([...quiet, "--disable-hwloc", "CC=gcc"]);
    expect(told.output).toMatch(/^note: --disable-hwloc .*\nnote: CC .*\n$/);
  });

  it("refuses what it does not know, and folders that make cannot handle", async () => {
    for (const [argument, why] of [
      ["--enable-speed", "no such option"],
      ["--with-wings=2", "no such option"],
      ["--prefix", "its value is missing"],
      ["-z", "no such option"],
      ["SPEED=2", "no such variable"],
      ["fast", "neither an option nor"],
      ["--prefix=opt", "does not begin with /"],
      ["--prefix=/a b", "make cannot handle"],
      [`--libdir=${reference("home")}/lib`, "make cannot handle"],
      ["--docdir=$(pwd)", "make cannot handle"],
    ] as const) {
      const { status, output } = await configure(["--disable-module", argument]);
      expect(output).toMatch(/^error: .*\n {2}why: .*\n {2}what to do: .*\n$/);
      expect({ argument, status, why: output.includes(why) }).toEqual({
        argument,
        status: 1,
        why: true,
      });
      expect(await readdir(build)).toEqual([]);
    }
  });

  it("explains every option that it takes", async () => {
    const { status, output } = await configure(["--help"]);
    expect(status).toBe(0);
    const source = await readFile(join(place.folder, "source/configure"), "utf8");
    const names = /^REFERABLE="(.*)"\nDIRECTORIES="\$REFERABLE([^"]*)"/m.exec(source) ?? [];
    const directories = `${names[1]}${names[2]}`
      .split(/\s+/)
      .map((name) => `--${name.replace("_", "-")}=`);
    const kernel = ["--with-linux-release=", "--with-linux-build=", "--with-linux="];
    expect(directories).toHaveLength(17);
    for (const option of [...directories, ...kernel, "--disable-module", "--enable-debug"]) {
      expect(output).toContain(`  ${option}`);
    }
    expect((await configure(["--version"])).output).toBe(`KNEM ${version}\n`);
  });
});

describe("configure, for a kernel,", () => {
  it("takes headers, compilers and arguments from those who know better", async () => {
    const { KCC, ...env } = await compilers();
    const folder = await headers("7.9.1-site", rust);
    const { makefile, output } = await configured(
      [`--with-linux-build=${folder}`, "--enable-debug", `KCC=${KCC}`, "KBUILD_ARGS=V=1 W=e|&"],
      { ...env, KARCH: "arm64", CC: "none" },
    );
    expect(output).toContain(`the kernel is 7.9.1-site, its headers are in ${folder}`);
    for (const line of [
      "release = 7.9.1-site",
      `KDIR = ${folder}`,
      `KCC = ${KCC}`,
      `RUSTC = ${env.RUSTC}`,
      "KARCH = arm64",
      "KBUILD_ARGS = V=1 W=e|&",
      "debug = 1",
    ]) {
      expect(makefile).toContain(`\n${line}\n`);
    }
  });

  it("takes the compiler that the kernel names, whatever user space is compiled with", async () => {
    const { KCC, ...env } = await compilers();
    const folder = await headers("7.9.1-site", rust);
    const { makefile } = await configured([`--with-linux=${folder}`], { ...env, CC: "none" });
    expect(makefile).toContain("\nKCC = \n");
    expect(makefile).not.toContain(KCC);
  });

  it("looks for the headers of a release where they are installed", async () => {
    const { status, output } = await configure(["--with-linux-release=7.9.1-none"]);
    expect(status).toBe(1);
    expect(output).toContain("its headers are in /lib/modules/7.9.1-none/build");
    expect(output).toMatch(
      /error: the module cannot be built for 7\.9\.1-none\n {2}why: its headers/,
    );
    expect(output).toMatch(/what to do: .*install.*linux-headers-7\.9\.1-none/);
    expect(output).toContain("--disable-module");
  });

  it("refuses a kernel without Rust, and says what would do", async () => {
    const folder = await headers("7.9.1-site", ["MODULES=y"]);
    const { status, output } = await configure([`--with-linux=${folder}`]);
    expect(status).toBe(1);
    expect(output).toMatch(/why: it was built without Rust/);
    expect(await readdir(build)).toEqual(["headers"]);
  });

  it("refuses another Rust compiler than the kernel's", async () => {
    const env = await compilers();
    const RUSTC = await put("bin/new-rustc", "#!/bin/sh\necho rustc 1.99.0\n", 0o755);
    const folder = await headers("7.9.1-site", rust);
    const { status, output } = await configure([`--with-linux=${folder}`], { ...env, RUSTC });
    expect(status).toBe(1);
    expect(output).toMatch(/why: .*Rust compiler.*1\.99\.0.*\n {2}what to do: .*rustc/);
  });

  it("refuses headers that are not those of the release asked for, or none", async () => {
    const folder = await headers("7.9.1-site", rust);
    const other = await configure([`--with-linux=${folder}`, "--with-linux-release=7.9.2"]);
    expect(other.status).toBe(1);
    expect(other.output).toContain(`${folder} is of 7.9.1-site`);
    for (const empty of [build, join(build, "none")]) {
      const { status, output } = await configure([`--with-linux-build=${empty}`]);
      expect({ status, output }).toEqual({
        status: 1,
        output: expect.stringContaining("error: the kernel's headers cannot be used"),
      });
    }
  });
});
