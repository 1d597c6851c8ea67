// SPDX-License-Identifier: BSD-3-Clause
import { renameSync, rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { BuildBed, hostPrograms } from "./build-bed.js";

let bed: BuildBed;
let headers: string;
let programs: string;
beforeAll(() => {
  programs = hostPrograms();
});
afterAll(() => rmSync(programs, { recursive: true }));
beforeEach(() => {
  bed = new BuildBed(programs);
  headers = bed.path("headers");
});
afterEach(() => bed.remove());

const regenerating = "regenerating the Rust metadata";
const whole = (release = bed.release) => [`${release}/headers`, `${release}/kernel`];

/** Makes dpkg know headers and source, of these versions. */
function packaged(headersVersion: string, sourceVersion: string): void {
  bed.program(
    "dpkg-query",
    `case $* in
      "-S "*headers*) echo "linux-headers: $2" ;;
      "-S "*) echo "linux-source-7.3: $2" ;;
      *" linux-headers") echo ${headersVersion} ;;
      *) echo ${sourceVersion} ;;
    esac`,
  );
}

describe("a check", () => {
  test("of a kernel for which everything is there says nothing", async () => {
    expect(await bed.run(["--check", headers])).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  /** What is wrong, how it is made so, and the line that is said. */
  const faults: [string, () => void, RegExp][] = [
    [
      "no Rust",
      () => bed.edit("headers/.config", "CONFIG_RUST=y\n", "# CONFIG_RUST is not set\n"),
      /it was built without Rust \(CONFIG_RUST\); /,
    ],
    [
      "an old kernel",
      () => bed.headers("headers", "7.1.9+deb13-amd64"),
      /it is older than 7\.2, the first that has enough Rust; /,
    ],
    [
      "headers that are gone",
      () => rmSync(headers, { recursive: true }),
      /its headers are not there; apt-get install linux-headers-/,
    ],
    [
      "another rustc",
      () => bed.edit("bin/rustc", '"rustc 9.8.7 ', '"rustc 9.8.6 '),
      /not the one .* \(here: rustc 9\.8\.6 .*; the kernel: rustc 9\.8\.7 .*\); install that very version of rustc/,
    ],
    [
      "another gcc",
      () => bed.program("x86_64-linux-gnu-gcc-14", "echo 14.3.0"),
      /C compiler .* \(here: x86_64-linux-gnu-gcc-14 14\.3\.0; the kernel: .* 14\.2\.0\); install that very version of gcc/,
    ],
    [
      "another bindgen",
      () => bed.program("bindgen", "echo bindgen 0.72.1"),
      /bindgen .* \(here: bindgen 0\.72\.1; the kernel: bindgen 0\.71\.1\); /,
    ],
    [
      "missing tools",
      () => {
        for (const name of ["flex", "bindgen", "pahole"]) rmSync(bed.path("bin", name));
        rmSync(bed.path("sysroot"), { recursive: true });
      },
      /not installed; apt-get install dwarves bindgen flex rust-src$/,
    ],
    [
      "no compiler",
      () => rmSync(bed.path("bin/x86_64-linux-gnu-gcc-14")),
      /not installed; apt-get install gcc-14 libelf-dev libssl-dev$/,
    ],
    [
      "no source",
      () => {
        packaged("7.3.4-1~bpo13+1", "");
        rmSync(bed.path("src/linux-source-7.3.tar.xz"));
      },
      /its source is not there; apt-get install linux-source-7\.3=7\.3\.4-1~bpo13\+1$/,
    ],
    [
      "the source of another version",
      () => packaged("7.3.4-1~bpo13+1", "7.3.5-1"),
      /the source that is there is of 7\.3\.5-1, the kernel of 7\.3\.4-1~bpo13\+1; apt-get install linux-source-7\.3=7\.3\.4-1~bpo13\+1$/,
    ],
    [
      "a full disk",
      () => bed.program("df", 'echo; echo "disk 0 0 1000000 0 /"'),
      /takes 2500 MB in .*, 1024 MB are free; free some room/,
    ],
  ];

  test.each(faults)("with %s gives 77 and one line, and so does a build", async (_, make, line) => {
    make();
    for (const args of [["--check", headers], [headers]]) {
      const { status, stdout, stderr } = await bed.run(args);
      expect({ status, stdout }).toEqual({ status: 77, stdout: "" });
      const [first, ...rest] = stderr.trimEnd().split("\n");
      expect(rest).toEqual([]);
      expect(first).toMatch(/^knem: not built for /);
      expect(first).toMatch(line);
    }
    expect(bed.made).toBe(0);
  });

  test("names packages as others do where there is no dpkg", async () => {
    for (const name of ["dpkg-query", "bindgen"]) rmSync(bed.path("bin", name));
    const tools = await bed.run(["--check", headers]);
    expect(tools.stderr).toMatch(/; install bindgen-cli$/m);
    bed.program("bindgen", "echo bindgen 0.71.1");
    rmSync(bed.path("src"), { recursive: true });
    const source = await bed.run(["--check", headers]);
    expect(source.stderr).toMatch(
      /; install the source of this kernel as \/usr\/src\/linux-source-7\.3\.tar\.xz$/m,
    );
  });

  test("finds a rustc that bears its version in its name behind another", async () => {
    bed.program("rustc-9.8", `exec ${bed.path("bin/right")} "$@"`);
    renameSync(bed.path("bin/rustc"), bed.path("bin/right"));
    bed.program("rustc", "echo rustc 9.9.0");
    expect(await bed.run(["--check", headers])).toMatchObject({ status: 0, stderr: "" });
  });

  test("takes a source that no package brought, and leaves it to the verification", async () => {
    bed.edit("pack/linux-source-7.3/made/include/generated/a.h", "A 1", "A 2");
    bed.pack("7.3");
    expect(await bed.run(["--check", headers])).toMatchObject({ status: 0 });
    const { status, stderr } = await bed.run([headers]);
    expect(status).toBe(7);
    expect(stderr).toContain("the regenerated headers are not the stock kernel's");
    expect(bed.kept).toEqual([]);
  });

  test("needs neither source nor room once the metadata is kept", async () => {
    await bed.run([headers]);
    rmSync(bed.path("src"), { recursive: true });
    bed.program("df", 'echo; echo "disk 0 0 0 0 /"');
    expect(await bed.run(["--check", headers])).toMatchObject({ status: 0 });
    expect(await bed.run([headers])).toMatchObject({ status: 0 });
  });
});

describe("a build", () => {
  test("regenerates metadata once, says so, and keeps what a later build needs", async () => {
    const { status, stdout } = await bed.run([headers]);
    expect(status).toBe(0);
    expect(stdout).toContain(`${regenerating} of ${bed.release}, takes about a minute\n`);
    expect(bed.module).toBe(`metadata 7.3\nfor ${bed.release}\n`);
    expect(bed.kept).toEqual(whole());
    const again = await bed.run([headers]);
    expect(again.status).toBe(0);
    expect(again.stdout).not.toContain(regenerating);
    expect(bed.made).toBe(1);
  });

  test("uses the metadata that headers bring, whatever else is missing", async () => {
    bed.write("headers/rust/libcore.rmeta", "their own\n");
    bed.edit("headers/Makefile", "/nowhere", headers);
    rmSync(bed.path("src"), { recursive: true });
    rmSync(bed.path("bin/bindgen"));
    expect(await bed.run([headers])).toMatchObject({ status: 0, stderr: "" });
    expect(bed.module).toBe(`their own\nfor ${bed.release}\n`);
    expect(bed.kept).toEqual([]);
  });

  test("refuses metadata of another rustc", async () => {
    bed.write("headers/rust/libcore.rmeta", "their own\n");
    bed.program("rustc", "echo rustc 9.9.9");
    const { status, stderr } = await bed.run([headers]);
    expect(status).toBe(77);
    expect(stderr).toContain("install that very version of rustc");
  });

  test("that fails tells the end of the kernel's log, and leaves nothing", async () => {
    const { status, stdout, stderr } = await bed.run([headers], {
      HOOK: "echo error: no such thing >&2; false",
    });
    expect(status).toBe(9);
    expect(stdout).toContain("error: no such thing");
    expect(stderr).toContain("the kernel's make prepare failed");
    expect(bed.kept).toEqual([]);
    expect(await bed.run([headers])).toMatchObject({ status: 0 });
  });

  test("fails as the compilation does", async () => {
    bed.edit("headers/Makefile", "@cat", "@false; cat");
    bed.edit("headers/Makefile", "modules:", "modules:\n\t@exit 1");
    expect((await bed.run([headers])).status).toBe(2);
  });

  test("inside of a package's script is no more than skipped when it fails", async () => {
    bed.edit("headers/Makefile", "modules:", "modules:\n\t@exit 1");
    expect((await bed.run(["--attempt", headers])).status).toBe(2);
    const { status, stdout } = await bed.run(["--attempt", headers], {
      DPKG_MAINTSCRIPT_PACKAGE: "linux-image",
    });
    expect(status).toBe(77);
    expect(stdout).toContain(
      "failed with status 2; it is skipped, so that linux-image is installed",
    );
  });

  test("is what make does, with no word of make's own to the kernel's", async () => {
    bed.edit(
      "pack/linux-source-7.3/Makefile",
      "prepare:",
      'prepare:\n\t@test "$(origin KDIR)" != "command line"',
    );
    bed.pack("7.3");
    expect(await bed.make(`KDIR=${headers}`)).toMatchObject({ status: 0, stderr: "" });
    expect(bed.module).toBe(`metadata 7.3\nfor ${bed.release}\n`);
  });
});

describe("on a disk that is full", () => {
  test("a build does not begin, and says what it takes", async () => {
    bed.program("df", 'exec /usr/bin/df "$@"');
    const { status, stdout, stderr } = await bed.runOnDisk(1024, [headers]);
    expect({ status, stdout }).toEqual({ status: 77, stdout: "" });
    expect(stderr).toMatch(/takes 2500 MB in .*\/cache\/metadata, 1 MB are free/);
  });

  test("a build that others took the room of says so, and leaves nothing", async () => {
    // The disk is large until the build has begun.
    bed.edit("bin/df", "echo;", '[ ! -e "$2/work" ] || exec /usr/bin/df "$@"; echo;');
    const hook = "head -c 2000000 /dev/zero >$(O)/large";
    const { status, stdout } = await bed.runOnDisk(1024, [headers], { HOOK: hook });
    expect(status).toBe(9);
    expect(stdout).toContain("No space left on device: 0 MB are free");
    expect(stdout).not.toMatch(/^\/.*\/metadata\/./m);
  });
});

describe("an interrupted build", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)(
    "by %s ends at once with all its programs, and leaves nothing",
    async (signal, code) => {
      const { child, ended, prints } = bed.start([headers], { HOOK: "sleep 60" });
      await prints(regenerating);
      while (bed.made === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      const begin = Date.now();
      child.kill(signal);
      expect((await ended).status).toBe(code);
      expect(Date.now() - begin).toBeLessThan(20_000);
      expect(bed.kept).toEqual([]);
      expect(await bed.run([headers])).toMatchObject({ status: 0 });
    },
  );

  test("by kill -9 is made up for by the next, which waits until its programs are gone", async () => {
    const { child, ended } = bed.start([headers], { HOOK: "sleep 1; touch $(O)/late" });
    while (bed.made === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    await ended;
    expect(bed.kept).toEqual([`${bed.release}/work`]);
    const { status, stdout } = await bed.run([headers]);
    expect(status).toBe(0);
    expect(stdout).toContain("waiting for another build");
    expect(bed.module).toBe(`metadata 7.3\nfor ${bed.release}\n`);
    expect(bed.kept).toEqual(whole());
  });

  test("for another kernel leaves nothing once one has succeeded", async () => {
    const other = bed.headers("other", "7.3.5+deb13-cloud-amd64");
    const { child, ended } = bed.start([other], { HOOK: "sleep 0.2" });
    while (bed.made === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(await bed.run([headers])).toMatchObject({ status: 0 });
    expect(bed.kept).toEqual(whole());
  });
});

describe("builds at the same time", () => {
  test("for one kernel both end well, and metadata is made once", async () => {
    const first = bed.start([headers], { HOOK: "sleep 0.5" });
    await first.prints(regenerating);
    const second = bed.start([headers]);
    const statuses = [(await first.ended).status, (await second.ended).status];
    expect(statuses).toEqual([0, 0]);
    expect(bed.made).toBe(1);
    expect(bed.kept).toEqual(whole());
  });

  test("for two kernels both end well", async () => {
    const release = "7.2.9+deb13-amd64";
    const other = bed.headers("other", release);
    bed.source("7.2");
    const runs = [headers, other].map((one) => bed.run([one], { HOOK: "sleep 0.3" }));
    for (const { status } of await Promise.all(runs)) expect(status).toBe(0);
    expect(bed.made).toBe(2);
    expect(bed.kept).toEqual([...whole(release), ...whole()]);
    await bed.run([other]);
    expect(bed.module).toBe(`metadata 7.2\nfor ${release}\n`);
  });
});

describe("what is kept", () => {
  test("goes with its headers", async () => {
    const other = bed.headers("other", "7.3.1+deb13-amd64");
    await bed.run([other]);
    rmSync(other, { recursive: true });
    await bed.run([headers]);
    expect(bed.kept).toEqual(whole());
  });

  test("goes when asked to sweep, too", async () => {
    await bed.run([headers]);
    expect(await bed.run(["--sweep"])).toMatchObject({ status: 0 });
    expect(bed.kept).toEqual(whole());
    rmSync(headers, { recursive: true });
    expect(await bed.run(["--sweep"])).toMatchObject({ status: 0 });
    expect(bed.kept).toEqual([]);
  });

  test("is replaced when the headers change", async () => {
    await bed.run([headers]);
    bed.write("headers/include/generated/a.h", "#define A 1\n\n");
    bed.write("pack/linux-source-7.3/made/include/generated/a.h", "#define A 1\n\n");
    bed.pack("7.3");
    expect(await bed.run([headers])).toMatchObject({ status: 0 });
    expect(bed.made).toBe(2);
    expect(bed.kept).toEqual(whole());
  });

  test("is forgotten when asked, but for what is of others", async () => {
    await bed.run([headers]);
    bed.write("cache/metadata/0123456789abcdef0123/kernel", "");
    expect(await bed.run(["--forget"])).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(bed.kept).toEqual(["0123456789abcdef0123/kernel"]);
  });
});

test.each([[[]], [["--nonsense", "x"]], [["--check"]], [["a", "b", "c"]]])(
  "%j is refused",
  async (args) => {
    const { status, stderr } = await bed.run(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: .*\n {2}why: .*\n {2}what to do: /);
  },
);
