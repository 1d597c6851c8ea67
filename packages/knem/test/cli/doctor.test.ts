// SPDX-License-Identifier: BSD-3-Clause
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { KnemError } from "@knem/errors";
import { describe, expect, it } from "vitest";
import { text } from "../../src/cli/commands/doctor.js";
import { examine } from "../../src/cli/doctor/checks.js";
import type { Finding, Patient } from "../../src/cli/doctor/finding.js";
import { patient } from "../../src/cli/doctor/patient.js";
import { System } from "../../src/cli/system.js";
import { type Files, machine } from "./machine.js";
import { statistics } from "./sample.js";

const RELEASE = "7.3.4-amd64";
const NOT_LOADED = {
  "/sys/module/knem/version": null,
  "/sys/module/knem/parameters/memlock": null,
};
const MISSING = { ...NOT_LOADED, [`/lib/modules/${RELEASE}/modules.dep`]: "kernel/fs/fat.ko:\n" };

/** A machine whose device belongs to root and the group rdma, whoever made its folder. */
class Machine extends System {
  override stat(path: string) {
    const stat = super.stat(path);
    return path === "/dev/knem" && stat ? Object.assign(stat, { uid: 0, gid: 105 }) : stat;
  }
}

/** The findings on a machine, by name. */
function findings(files: Files = {}, mode = 0o660, more: Partial<Patient> = {}) {
  const root = machine(files);
  if (files["/dev/knem"] !== null) chmodSync(join(root, "dev/knem"), mode);
  const asked = { abi: () => 13, statistics: () => statistics(), ...more };
  const all = examine({ ...patient(new Machine(root)), ...asked });
  return { all, of: (name: string) => all.find((one) => one.name === name) };
}

const problems = (all: readonly Finding[]) =>
  all.filter(({ state }) => state === "problem").map(({ name }) => name);

describe("a machine on which all is well", () => {
  it("has no problem and no note", () => {
    const { all } = findings();
    expect(all.filter(({ state }) => state !== "ok")).toEqual([]);
    expect(all.map(({ name }) => name)).toEqual([
      ...["module", "Rust", "Secure Boot", "start", "device", "access", "udev rule", "ABI"],
      ...["memlock", "huge pages", "CMA", "programs"],
    ]);
  });
});

describe("the module", () => {
  it.each([
    ["is there but not loaded", NOT_LOADED, "modprobe knem"],
    [
      "is there for another kernel",
      { ...MISSING, "/lib/modules/7.3.3-amd64/extra/knem.ko": "" },
      `dkms autoinstall -k ${RELEASE}`,
    ],
    ["is not there", MISSING, "install knem-dkms"],
  ])("%s", (_, files, remedy) => {
    const found = findings(files).of("module");
    expect(found?.state).toBe("problem");
    expect(found?.remedy).toContain(remedy);
  });

  it("speaks another version of the contract", () => {
    const found = findings({}, 0o660, { abi: () => 12 }).of("ABI");
    expect(found).toMatchObject({ state: "problem", found: "the module speaks 0xd, programs 0xc" });
  });

  it("is of another version that fits", () => {
    const older = { ...statistics(), version: "2.0.1" };
    const found = findings({}, 0o660, { statistics: () => older }).of("ABI");
    expect(found).toMatchObject({ state: "note", found: "0xd fits; module 2.0.1, command 2.0.0" });
  });

  it("is not what the device belongs to", () => {
    const report = { code: "KNEM_NOT_KNEM", what: "", why: "it is another", remedy: "mend it" };
    const fail = () => {
      throw new KnemError(report);
    };
    expect(findings({}, 0o660, { statistics: fail }).of("ABI")).toEqual({
      ...{ name: "ABI", state: "problem", found: "it is another", remedy: "mend it" },
    });
    expect(findings({}, 0o660, { abi: fail }).of("ABI")?.state).toBe("problem");
  });

  it("is not loaded at the start", () => {
    const files = { "/usr/lib/modules-load.d/knem.conf": "# knem\n" };
    expect(findings(files).of("start")?.state).toBe("note");
  });
});

describe("the device", () => {
  it.each([
    ["is missing without the module", { ...NOT_LOADED }, "load the module"],
    ["is missing", {}, "udev"],
    ["is missing in a container", { "/.dockerenv": "" }, "--device /dev/knem"],
  ])("%s", (_, files, remedy) => {
    const { all, of } = findings({ "/dev/knem": null, ...files });
    expect(of("device")?.state).toBe("problem");
    expect(of("device")?.remedy).toContain(remedy);
    expect(all.map(({ name }) => name)).not.toContain("access");
  });

  it("is closed to all but root", () => {
    const found = findings({}, 0o600).of("access");
    expect(found).toMatchObject({ state: "problem" });
    expect(found?.remedy).toContain("udev rule");
    const user = { uid: 0, groups: [0] };
    expect(findings({}, 0o600, { user }).of("access")?.state).toBe("ok");
  });

  it("is closed to who is not in its group, or was not when the session began", () => {
    const user = { uid: 4711, groups: [4711] };
    const later = findings({}, 0o660, { user }).of("access");
    expect(later).toMatchObject({ state: "problem", remedy: "log in again" });
    const found = findings({ "/etc/group": "rdma:x:105:\n" }, 0o660, { user }).of("access");
    expect(found?.remedy).toContain("usermod -aG rdma alice");
  });

  it("has no rule", () => {
    const none = { "/usr/lib/udev/rules.d/60-knem.rules": '#KERNEL=="knem", GROUP="rdma"\n' };
    expect(findings(none).of("udev rule")?.state).toBe("problem");
    expect(findings({ ...none, "/run/udev/control": null }).of("udev rule")?.state).toBe("note");
  });

  it("is open to everybody by a rule of old", () => {
    const files = { "/etc/udev/rules.d/10-knem.rules": 'KERNEL=="knem", MODE="0666"\n' };
    expect(findings(files).of("udev rule")).toMatchObject({
      state: "note",
      found: "/etc/udev/rules.d/10-knem.rules lets everybody pin memory",
    });
  });
});

describe("memory", () => {
  const enforced = { "/sys/module/knem/parameters/memlock": "enforce\n" };
  const limit = (soft: string) => ({
    "/proc/self/limits": `Max locked memory   ${soft}   ${soft}  bytes\n`,
  });

  it.each([
    ["is limited, and the module holds on to that", { ...enforced }, "problem"],
    ["is limited, but enough", { ...enforced, ...limit("1073741824") }, "ok"],
    ["has no limit", { ...enforced, ...limit("unlimited") }, "ok"],
    ["is limited, and the module does not mind", {}, "ok"],
  ])("%s", (_, files, state) => expect(findings(files).of("memlock")?.state).toBe(state));

  it("has no huge pages", () => {
    const file = "/sys/kernel/mm/transparent_hugepage/enabled";
    const never = { [file]: "always madvise [never]\n" };
    expect(findings(never).of("huge pages")).toMatchObject({
      state: "note",
      remedy: `as root: echo madvise > ${file}`,
    });
    expect(
      findings({ ...never, "/proc/meminfo": "HugePages_Total:   8\n" }).of("huge pages")?.state,
    ).toBe("ok");
  });
});

describe("the kernel", () => {
  const build = `/lib/modules/${RELEASE}/build`;
  const config = { [`/boot/config-${RELEASE}`]: "CONFIG_RUST=y\n" };
  const headers = { ...config, [`${build}/.config`]: "CONFIG_RUST=y\n" };

  it.each([
    [
      "was built without Rust",
      { [`/boot/config-${RELEASE}`]: "# CONFIG_RUST is not set\n" },
      "problem",
      "CONFIG_RUST=y",
    ],
    ["has no headers here", config, "problem", `linux-headers-${RELEASE}`],
    ["lacks metadata and source", headers, "problem", "linux-source-7.3"],
    ["has its source here", { ...headers, "/usr/src/linux-source-7.3.tar.xz": "" }, "ok", ""],
    ["brings its metadata", { ...headers, [`${build}/rust/libcore.rmeta`]: "" }, "ok", ""],
  ])("%s", (_, files, state, remedy) => {
    const found = findings({ ...MISSING, ...files }).of("Rust");
    expect(found?.state).toBe(state);
    expect(found?.remedy ?? "").toContain(remedy);
  });

  it("takes signed modules only", () => {
    const strict = { "/sys/kernel/security/lockdown": "none [integrity] confidentiality\n" };
    const at = `/lib/modules/${RELEASE}/updates/dkms/knem.ko`;
    const place = { [`/lib/modules/${RELEASE}/modules.dep`]: "updates/dkms/knem.ko:\n" };
    expect(findings(strict).of("Secure Boot")?.state).toBe("ok");
    const signed = "ELF~Module signature appended~\n";
    for (const [content, state] of [
      ["ELF, long enough, but without", "problem"],
      [signed, "note"],
    ] as const) {
      const found = findings({ ...NOT_LOADED, ...strict, ...place, [at]: content });
      expect(found.of("Secure Boot")).toMatchObject({ state });
      expect(found.of("Secure Boot")?.remedy).toContain("mokutil --import");
    }
    const compressed = findings({
      ...NOT_LOADED,
      "/sys/module/module/parameters/sig_enforce": "Y\n",
    });
    expect(compressed.of("Secure Boot")?.state).toBe("note");
  });
});

describe("programs", () => {
  it("cannot use the kernel's own way, which is a reason for KNEM", () => {
    const found = findings({ "/proc/sys/kernel/yama/ptrace_scope": "1\n" }).of("CMA");
    expect(found).toMatchObject({ state: "note" });
    expect(found?.found).toContain("a reason to use KNEM");
  });

  it("are built without KNEM, or are not there", () => {
    const pal = "/usr/lib/x86_64-linux-gnu/libopen-pal.so.80";
    expect(findings({ [pal]: "Open MPI v5.0.7" }).of("programs")).toMatchObject({
      state: "note",
      found: "built without KNEM: Open MPI",
    });
    expect(findings({ [pal]: null }).of("programs")?.found).toBe("no MPI library was found");
  });
});

describe("the report", () => {
  it("has each remedy below what it is for", () => {
    const { all } = findings({ ...NOT_LOADED });
    expect(problems(all)).toContain("module");
    const lines = text(all).split("\n");
    const at = lines.findIndex((line) => /^✗ module +it is installed for 7\.3\.4-amd64/.test(line));
    expect(lines[at + 1]).toMatch(/^ +→ as root: modprobe knem$/);
  });
});
