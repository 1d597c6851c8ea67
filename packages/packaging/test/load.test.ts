// SPDX-License-Identifier: BSD-3-Clause
import { chmod, copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout } from "../src/index.js";
import { type Scratch, scratch } from "./source.js";

/** As a package installs it: alone. */
const packaged = join(checkout, "packages/packaging/source/knem_load");

let place: Scratch;
/** As a prefix has it: beside knem_local_install. */
let script: string;
beforeAll(async () => {
  place = await scratch();
  script = join(place.folder, "knem_load");
  await copyFile(packaged, script);
  await writeFile(join(place.folder, "knem_local_install"), "#!/bin/sh\n");
  await chmod(join(place.folder, "knem_local_install"), 0o755);
});
afterAll(() => place.remove());

let folders = 0;

/** What the script says about a message, with programs of the test's first on the path. */
async function explain(
  message: string,
  programs: Readonly<Record<string, string>> = {},
  which = script,
) {
  const bin = join(place.folder, `bin${++folders}`);
  await mkdir(bin);
  const silent = { dmesg: "exit 1", modinfo: "exit 1", modprobe: "exit 1" };
  for (const [name, text] of Object.entries({ ...silent, ...programs })) {
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`);
    await chmod(join(bin, name), 0o755);
  }
  const env = { PATH: `${bin}:${process.env["PATH"] ?? ""}` };
  return run("sh", [which, "--explain", message], { env });
}

/** A modinfo that knows these fields. */
const modinfo = (fields: Readonly<Record<string, string>>) => ({
  modinfo: `case $* in
    "-n knem") echo ${fields["filename"] ?? "/lib/modules/7.9.1/extra/knem/knem.ko"} ;;
    ${Object.entries(fields)
      .map(([name, text]) => `"-F ${name} knem") echo '${text}' ;;`)
      .join("\n")}
    esac`,
});

const refused = (why: string) => `modprobe: ERROR: could not insert 'knem': ${why}`;

describe("knem_load --explain", () => {
  it("says what was said, why, and what to do", async () => {
    const { status, stdout, output } = await explain(refused("Key was rejected by service"));
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(output).toMatch(
      /^error: the module is not loaded\n {2}said: modprobe: ERROR: .*Key was .*\n {2}why: .*\n {2}what to do: /,
    );
  });

  it("tells a module without a signature from one of a foreign key", async () => {
    for (const why of ["Key was rejected by service", "Required key not available"]) {
      const bare = await explain(refused(why), modinfo({}));
      expect(bare.output).toContain("knem.ko bears no signature");
      expect(bare.output).toMatch(/install it again, which signs it: .*knem_local_install/);
      const signed = modinfo({ sig_id: "PKCS#7", signer: "site modules" });
      const foreign = await explain(refused(why), signed);
      expect(foreign.output).toContain(
        'is signed with that of "site modules", which is none of them',
      );
      expect(foreign.output).not.toContain("which signs it");
    }
  });

  it("sends those who use DKMS to DKMS", async () => {
    const fields = { filename: "/lib/modules/7.9.1/updates/dkms/knem.ko", version: "2.0.0" };
    const signing = await explain(refused("Key was rejected by service"), modinfo(fields));
    expect(signing.output).toContain("dkms install --force -m knem -v 2.0.0");
    const building = await explain(refused("Exec format error"), { dkms: "" }, packaged);
    expect(building.output).toContain("what to do: dkms autoinstall");
  });

  it("sends those who use packages to packages", async () => {
    const fields = modinfo({ filename: "/lib/modules/7.9.1/updates/knem.ko" });
    const signing = await explain(refused("Key was rejected by service"), fields, packaged);
    expect(signing.output).toContain("install knem-dkms");
  });

  it("knows a module of another kernel, and of another build", async () => {
    const fields = modinfo({ vermagic: "7.9.0-old SMP mod_unload" });
    const other = await explain(refused("Exec format error"), fields);
    expect(other.output).toContain("the module was built for the kernel 7.9.0-old, this is ");
    expect(other.output).toContain("./configure && make && make install");
    const symbol = refused("Unknown symbol in module, or unknown parameter (see dmesg)");
    const log = "echo 'knem: Unknown symbol pin_user_pages_fast (err -2)'; echo 'eth0: up'";
    const build = await explain(symbol, { dmesg: log });
    expect(build.output).toContain("another build of this kernel");
    expect(build.output).toContain(
      "  kernel log: knem: Unknown symbol pin_user_pages_fast (err -2)\n",
    );
    expect(build.output).not.toContain("eth0");
  });

  it("knows what else comes in the way", async () => {
    const options = { modprobe: "echo 'options knem forceflags=1 ignoreflags=1'" };
    const install = { modprobe: "echo 'install knem /bin/false'" };
    const cases = [
      [
        "modprobe: FATAL: Module knem not found in directory /lib/modules/7.9.1",
        /why: no module was built/,
        {},
      ],
      [refused("Invalid argument"), /do not go together.*forceflags=1 ignoreflags=1/, options],
      [
        "modprobe: ERROR: ../libkmod: Error running install command '/bin/false'",
        /install knem \/bin\/false/,
        install,
      ],
      [refused("Operation not permitted"), /why: only root loads modules/, { id: "echo 1000" }],
      ["something else", /dmesg/, {}],
    ] as const;
    for (const [message, expected, programs] of cases) {
      expect((await explain(message, programs)).output).toMatch(expected);
    }
  });

  it("is an error without a message, as are other words", async () => {
    for (const args of [["--explain"], ["--why", "x"], ["now"]]) {
      const { status, stdout, output } = await run("sh", [script, ...args]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(output).toMatch(/^Usage: knem_load\n/);
    }
  });
});
