// SPDX-License-Identifier: BSD-3-Clause
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type CommandResult, run } from "@knem/kernels";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Scratch, scratch, unpackSource } from "./source.js";

const RELEASE = "7.9.1-site";
const MODULE = `lib/modules/${RELEASE}/extra/knem/knem.ko`;
const RULE = "etc/udev/rules.d/60-knem.rules";
const START = "etc/modules-load.d/knem.conf";
const SIGNATURE = "~Module signature appended~\n";

let place: Scratch;
let script: string;
/** The machine: everything happens below it. */
let machine: string;
let machines = 0;

beforeAll(async () => {
  place = await scratch();
  await unpackSource(join(place.folder, "source"));
  const args = ["configure", "--quiet", "--disable-module"];
  await run("sh", args, { cwd: join(place.folder, "source") });
  script = join(place.folder, "source/knem_local_install");
});
beforeEach(async () => {
  machine = join(place.folder, `machine${++machines}`);
  await put(`opt/knem/lib/modules/${RELEASE}/knem.ko`, modules(RELEASE));
  await put("opt/knem/etc/60-knem.rules", "the rule\n");
  await put("opt/knem/etc/modules-load.d/knem.conf", "knem\n");
});
afterAll(() => place.remove());

/** As much of a module as is looked at. */
const modules = (release: string) => `ELF\0license=BSD\0vermagic=${release} SMP mod_unload \0more`;

async function put(name: string, text: string, mode = 0o644): Promise<string> {
  const file = join(machine, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  await chmod(file, mode);
  return file;
}

const read = (name: string) => readFile(join(machine, name), "utf8");

function install(
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
  const all = { PATH: process.env["PATH"] ?? "", DESTDIR: machine, KVERSION: RELEASE, ...env };
  return run("sh", [script, ...args], { env: all });
}

/** Everything on the machine but the prefix. */
async function files(): Promise<string[]> {
  const entries = await readdir(machine, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => !entry.isDirectory());
  const names = paths.map((entry) => join(entry.parentPath, entry.name).slice(machine.length + 1));
  return names.filter((name) => !name.startsWith("opt/")).sort();
}

/** The folders on the machine but those of the prefix. */
async function folders(): Promise<string[]> {
  const entries = await readdir(machine, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isDirectory());
  const names = paths.map((entry) => join(entry.parentPath, entry.name).slice(machine.length + 1));
  return names.filter((name) => !name.startsWith("opt")).sort();
}

/** Programs that come first on the path; each writes its arguments into the machine's file "called". */
async function programs(...names: readonly string[]): Promise<NodeJS.ProcessEnv> {
  const said = `echo "$(basename "$0") $*" >> ${machine}/opt/called\n`;
  for (const name of names) await put(`opt/bin/${name}`, `#!/bin/sh\n${said}`, 0o755);
  return { PATH: `${machine}/opt/bin:${process.env["PATH"] ?? ""}` };
}

/** Makes a signature that can be told apart from another key's. */
async function signingTool(): Promise<void> {
  const sign = `#!/bin/sh\nprintf '%s with %s ${SIGNATURE.trim()}\\n' "$1" "$(cat "$2")" >>"$4"\n`;
  await put(`lib/modules/${RELEASE}/build/scripts/sign-file`, sign, 0o755);
}

describe("knem_local_install", () => {
  it("installs the module and the rule, and makes the folders for them", async () => {
    const { status, output } = await install();
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(await files()).toEqual([RULE, MODULE].sort());
    expect(await read(MODULE)).toBe(modules(RELEASE));
    expect(await read(RULE)).toBe("the rule\n");
  });

  it("changes nothing the second time", async () => {
    await install();
    const { status, output } = await install();
    expect(status).toBe(0);
    expect(output.match(/is there already/g)).toHaveLength(2);
    expect(await files()).toEqual([RULE, MODULE].sort());
  });

  it("renames other files that are in the way", async () => {
    await put(RULE, "a rule of the administrator's\n");
    await put(MODULE, modules("older"));
    expect((await install()).status).toBe(0);
    const kept = (await files()).filter((name) => /\.\d{8}\.\d{6}$/.test(name));
    expect(kept.map((name) => name.replace(/\.[\d.]*$/, ""))).toEqual([RULE, MODULE].sort());
    expect(await Promise.all(kept.map(read))).toEqual([
      "a rule of the administrator's\n",
      modules("older"),
    ]);
    expect(await read(RULE)).toBe("the rule\n");
  });

  it("removes what it has installed, and leaves nothing", async () => {
    await put("lib/modules/keep", "");
    await put("etc/udev/rules.d/99-other.rules", "");
    await put("etc/modules-load.d/other.conf", "");
    const before = [await files(), await folders()];
    await mkdir(join(machine, `lib/modules/${RELEASE}`));
    await install(["--load"]);
    expect(await files()).toEqual(expect.arrayContaining([START, RULE, MODULE]));
    const { status } = await install(["--uninstall"]);
    expect(status).toBe(0);
    await rm(join(machine, `lib/modules/${RELEASE}`), { recursive: true });
    expect([await files(), await folders()]).toEqual(before);
  });

  it("removes what is there, and is content with less", async () => {
    expect(await install(["--uninstall"])).toMatchObject({ status: 0, output: "" });
  });

  it("keeps what was changed since, when it removes", async () => {
    await install();
    await put(RULE, "changed\n");
    expect((await install(["--uninstall"])).status).toBe(0);
    const left = await files();
    expect(left).toHaveLength(1);
    expect(left[0]).toMatch(/60-knem\.rules\.\d{8}\.\d{6}$/);
  });

  it("puts the module where it is told", async () => {
    await install([], { KPNAME: "knem-site" });
    await install([], { MODULE_DESTDIR: "/lib/modules/updates" });
    expect(await files()).toEqual(
      [
        RULE,
        `lib/modules/${RELEASE}/extra/knem-site/knem.ko`,
        "lib/modules/updates/knem.ko",
      ].sort(),
    );
  });

  it("refuses a kernel that the prefix has no module for, and says what to do", async () => {
    const { status, output } = await install([], { KVERSION: "7.9.2" });
    expect(status).toBe(1);
    expect(output).toContain(`has knem.ko for ${RELEASE}`);
    expect(output).toContain("--with-linux-release=7.9.2");
    expect(await files()).toEqual([]);
  });

  it("refuses a module that was built for another kernel than its folder says", async () => {
    await put(`opt/knem/lib/modules/${RELEASE}/knem.ko`, modules("7.9.2"));
    const { status, output } = await install();
    expect({ status, output }).toEqual({
      status: 1,
      output: expect.stringContaining("it was built for 7.9.2"),
    });
    expect(await files()).toEqual([]);
  });

  it("refuses a prefix that is not there", async () => {
    await rm(join(machine, "opt/knem"), { recursive: true });
    const { status, output } = await install();
    expect({ status, output }).toEqual({
      status: 1,
      output: expect.stringContaining("/opt/knem is not a folder"),
    });
  });

  it("calls a wrong argument an error, with the usage", async () => {
    for (const argument of ["uninstall", "--remove", "-x"]) {
      const { status, stdout, output } = await install([argument]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(output).toContain(`error: there is no option ${argument}\nUsage: `);
    }
    expect((await install(["--help"])).stdout).toMatch(/^Usage: knem_local_install/);
    expect(await files()).toEqual([]);
  });

  it("has depmod look at a system that has the kernel, both ways, and at no other", async () => {
    const env = await programs("depmod");
    await install([], env);
    expect(await read("opt/called").catch(() => "")).toBe("");
    await put(`lib/modules/${RELEASE}/modules.builtin`, "");
    await install([], env);
    await install(["--uninstall"], env);
    expect(await read("opt/called")).toBe(`depmod -b ${machine} ${RELEASE}\n`.repeat(2));
  });

  it("makes the group where it is told to, unless it is there", async () => {
    const env = await programs("groupadd");
    await install([], env);
    await install(["--group"], env);
    await put("etc/group", "root:x:0:\nrdma:x:999:\n");
    await install(["--group"], env);
    expect(await read("opt/called")).toBe(`groupadd --system --prefix ${machine} rdma\n`);
  });

  it("leaves no half of anything when there is no room", async () => {
    await put("lib", "a file where a folder should be");
    const { status, output } = await install();
    expect({ status, output }).toEqual({
      status: 1,
      output: expect.stringContaining("could not be made"),
    });
    expect(await files()).toEqual(["lib"]);
  });
});

describe("knem_local_install, with a key,", () => {
  beforeEach(signingTool);

  const signed = (hash: string, key: string) =>
    `${modules(RELEASE)}${hash} with ${key} ${SIGNATURE}`;

  it("signs the copy that it installs, as the kernel's own modules are signed", async () => {
    await put("var/lib/dkms/mok.key", "K1");
    await put("var/lib/dkms/mok.pub", "C1");
    await put(`boot/config-${RELEASE}`, 'CONFIG_MODULE_SIG_HASH="sha384"\n');
    expect(await install()).toMatchObject({ status: 0 });
    expect(await read(MODULE)).toBe(signed("sha384", "K1"));
    expect(await read(`opt/knem/lib/modules/${RELEASE}/knem.ko`)).toBe(modules(RELEASE));
  });

  it("prefers the key that it is told, under either name", async () => {
    await put("var/lib/shim-signed/mok/MOK.priv", "K1");
    await put("var/lib/shim-signed/mok/MOK.der", "C1");
    const [key, certificate] = [await put("opt/key", "K2"), await put("opt/certificate", "C2")];
    await install([], { KNEM_SIGN_KEY: key, KNEM_SIGN_CERT: certificate });
    expect(await read(MODULE)).toBe(signed("sha512", "K2"));
    await install();
    expect(await read(MODULE)).toBe(signed("sha512", "K1"));
    await install([], { MODULE_SIGN_PRIV_KEY: key, MODULE_SIGN_PUB_KEY: certificate });
    expect(await read(MODULE)).toBe(signed("sha512", "K2"));
    // Another signature is no other module: nothing is kept.
    expect((await files()).filter((name) => name.startsWith(MODULE))).toEqual([MODULE]);
  });

  it("changes nothing the second time, and removes the signed copy, too", async () => {
    await put("var/lib/dkms/mok.key", "K1");
    await put("var/lib/dkms/mok.pub", "C1");
    await install();
    expect((await install()).output.match(/is there already/g)).toHaveLength(2);
    await install(["--uninstall"]);
    expect((await files()).filter((name) => /knem/.test(name))).toEqual([]);
  });

  it("installs nothing if it cannot sign", async () => {
    const key = await put("opt/key", "K2");
    const half = await install([], { KNEM_SIGN_KEY: key });
    expect(half).toMatchObject({ status: 1, output: expect.stringContaining("KNEM_SIGN_CERT") });
    await put("var/lib/dkms/mok.key", "K1");
    await put("var/lib/dkms/mok.pub", "C1");
    await put(`lib/modules/${RELEASE}/build/scripts/sign-file`, "#!/bin/sh\nexit 1\n", 0o755);
    const failed = await install();
    expect(failed).toMatchObject({
      status: 1,
      output: expect.stringContaining("could not be signed"),
    });
    await rm(join(machine, `lib/modules/${RELEASE}/build`), { recursive: true });
    const missing = await install([], { PATH: await bare() });
    expect(missing).toMatchObject({ status: 1, output: expect.stringContaining("sbsigntool") });
    expect((await files()).filter((name) => /knem/.test(name))).toEqual([]);
  });
});

/** A path without kmodsign, which some machines have. */
async function bare(): Promise<string> {
  const names =
    "basename cat chmod cmp cp date dirname grep head mkdir mv rm sed setpriv sh tail tr uname wc";
  const link = 'mkdir -p "$0"; for name; do ln -s "$(command -v "$name")" "$0"; done';
  await run("sh", ["-c", link, join(machine, "opt/bare"), ...names.split(" ")]);
  return join(machine, "opt/bare");
}
