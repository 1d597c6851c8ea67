// SPDX-License-Identifier: BSD-3-Clause
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { machine } from "../cli/machine.js";
import { binding, folder, knem } from "../package.js";
import { valid } from "../schema.js";

const scratch = mkdtempSync(join(tmpdir(), "knem-cli-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A file with what the module writes. */
function statisticsFile(name: string, text: string): string {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
}

const moduleText = [
  "knem 2.0.0",
  " Driver ABI=0xd",
  " Features: 0x0",
  " Flags: forcing 0x10, ignoring 0x0",
  " DMAEngine: NoKernelSupport",
  " DMAChannels: dma0chan0 dma0chan1",
  " Requests Submitted                           : 12",
  " Requests Processed/Total                     : 11",
  " Requests Failed/FindRegion                   : 1",
  " Pid 17 (#1)",
  "",
].join("\n");

describe("the command line", () => {
  it("says its version", () => {
    expect(knem(["--version"])).toMatchObject({ status: 0, stdout: "2.0.0\n" });
  });

  it("explains itself, and every command", () => {
    const { status, stdout } = knem(["--help"]);
    expect(status).toBe(0);
    expect(stdout).toContain("stats");
    expect(stdout).toContain("EXIT STATUS");
    expect(stdout).not.toContain("\u001b");
    expect(knem(["stats", "--help"]).stdout).toContain("--json");
    expect(knem(["info", "--help"]).stdout).toContain("--device");
  });

  it.each([
    [[], "no command was given"],
    [["toString"], "there is no such command"],
    [["stats", "--bogus"], "there is no option --bogus"],
    [["stats", "-x"], "there is no option -x"],
    [["info", "more"], '"more" is one word too many'],
    [["stats", "--device"], "--device needs a path"],
    [["stats", "--watch", "--reset"], "--watch and --reset do not go together"],
    [["stats", "--count", "3"], "--count is for --watch alone"],
    [["stats", "--watch", "--interval", "soon"], '--interval needs a number above 0; it is "soon"'],
    [["stats", "--prometheus"], "--prometheus needs a file"],
    [["params", "speed"], "there is no parameter speed"],
    [["package"], "nothing to make was named; there are tarball, deb, rpm, kmod"],
    [["package", "msi"], '"msi" cannot be made'],
    [["package", "deb", "rpm"], '"rpm" is one word too many'],
    [["package", "deb", "--kernel", "7.3"], "--kernel is for kmod alone"],
    [["package", "deb", "--out"], "--out needs a folder"],
    [["package", "deb", "--dry-runs"], "there is no option --dry-runs"],
  ])("refuses %j", (args, why) => {
    const { status, stdout, stderr } = knem(args);
    expect(status).toBe(2);
    expect(stderr).toContain(`why: ${why}`);
    expect(stderr).toContain("--help");
    expect(stdout).toBe("");
  });
});

describe("without a usable device", () => {
  it.each([["stats"], ["info"]])("knem %s says that there is none", (command) => {
    const { status, stdout, stderr } = knem([command, "--device", join(scratch, "none")]);
    expect(status).toBe(3);
    expect(stderr).toContain("KNEM_NO_DEVICE");
    const loaded = existsSync("/sys/module/knem");
    expect(stderr).toContain(loaded ? "in a container, pass the device on" : "modprobe knem");
    if (command === "stats") expect(stdout).toBe("");
    else expect(stdout).toContain("none, not usable");
  });

  it("knem info --json says what else it knows, and why not more", () => {
    const { status, stdout } = knem(["info", "--json", "--device", join(scratch, "none")]);
    expect(status).toBe(3);
    expect(valid("info", stdout)).toMatchObject({
      abi: null,
      problem: { code: "KNEM_NO_DEVICE" },
      clients: expect.anything(),
    });
  });

  it.each([["stats"], ["regions"]])("knem %s --json says why it has nothing to tell", (command) => {
    const { status, stdout } = knem([command, "--json", "--device", join(scratch, "none")]);
    expect(status).toBe(3);
    expect(valid(command, stdout)).toMatchObject({ problem: { code: "KNEM_NO_DEVICE" } });
  });

  it("knem stats --prometheus says so in its file, too", () => {
    const file = join(scratch, "knem.prom");
    const none = ["--device", join(scratch, "none")];
    expect(knem(["stats", "--prometheus", file, ...none]).status).toBe(3);
    expect(readFileSync(file, "utf8")).toContain("\nknem_up 0\n");
  });

  it("knem params still explains", () => {
    const { status, stdout, stderr } = knem(["params"]);
    expect(status).toBe(3);
    expect(stdout).toMatch(/^statsverbose +0 +any time +List contexts/m);
    expect(stderr).toContain("modprobe knem");
    expect(valid("params", knem(["params", "--json"]).stdout)).toMatchObject({ loaded: false });
    expect(knem(["params", "statsverbose=1"]).status).toBe(3);
  });

  it("knem version knows its own", () => {
    expect(valid("version", knem(["version", "--json"]).stdout)).toMatchObject({
      command: "2.0.0",
      abi: 13,
    });
    expect(knem(["version"]).stdout).toMatch(/^Command {2}2\.0\.0\nABI {6}0xd\n/);
  });

  it.each([["stats"], ["info"]])("knem %s says that this user is not let in", (command) => {
    const closed = join(scratch, "closed");
    writeFileSync(closed, "");
    chmodSync(closed, 0);
    // Root is only kept out without the capability to pass.
    const prefix = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override"] : [];
    if (prefix[1] !== undefined) prefix[1] += ",-dac_read_search";
    const { status, stderr } = knem([command, "--device", closed], folder, prefix);
    expect(stderr).toContain("its mode is 0000");
    expect(stderr).toContain('GROUP="rdma"');
    expect(status).toBe(4);
  });

  it.each([["stats"], ["info"]])("knem %s says that it is another device", (command) => {
    const { status, stderr } = knem([command, "--device", "/dev/null"]);
    expect(status).toBe(5);
    expect(stderr).toContain("it is not the device of the knem module");
  });

  it("says which line of the statistics makes no sense", () => {
    const path = statisticsFile("odd", moduleText.replace("0xd", "thirteen"));
    const { status, stderr } = knem(["stats", "--device", path]);
    expect(status).toBe(5);
    expect(stderr).toContain("thirteen");
  });
});

describe("knem install", () => {
  it("shows what would be done, and does nothing", () => {
    const { status, stdout } = knem(["install", "--dry-run", "--json", "--prefix", "/opt/other"]);
    expect(status).toBe(0);
    const { steps, done } = valid("install", stdout) as {
      steps: { argv: string[] }[];
      done: boolean;
    };
    expect(steps[0]?.argv).toEqual(["./configure", "--prefix=/opt/other"]);
    expect(steps.at(-1)?.argv).toEqual(["/opt/other/sbin/knem_local_install", "--load"]);
    expect(done).toBe(false);
    expect(knem(["install", "--uninstall", "--dry-run"]).stdout).toContain("modprobe -r knem");
  });

  it("is for root", () => {
    const prefix = process.getuid?.() === 0 ? ["setpriv", "--reuid=4711", "--clear-groups"] : [];
    const { status, stderr } = knem(["install"], folder, prefix);
    expect(status).toBe(4);
    expect(stderr).toContain("KNEM_NOT_PRIVILEGED");
  });
});

describe("knem package", () => {
  it("shows what would be made, and makes nothing", () => {
    const out = join(scratch, "packages");
    const { status, stdout } = knem(["package", "deb", "--dry-run", "--json", "--out", out]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kind: "deb",
      version: "2.0.0",
      out,
      products: [
        { file: "knem-dkms_2.0.0-1_all.deb" },
        { file: "knem-dev_2.0.0-1_all.deb" },
        { file: "knem_2.0.0-1_amd64.deb" },
      ],
      made: null,
    });
    expect(existsSync(out)).toBe(false);
  });

  it("says where packages are made, if this is not such a place", () => {
    const home = join(scratch, "installed");
    for (const part of ["bin", "dist", "package.json"]) {
      cpSync(join(folder, part), join(home, part), { recursive: true });
    }
    for (const name of ["@knem/errors", "citty", "picocolors"]) {
      const place = join(home, "node_modules", name);
      cpSync(join(folder, "node_modules", name), place, { recursive: true, dereference: true });
    }
    const { status, stderr } = knem(["package", "deb"], home);
    expect(status).toBe(1);
    expect(stderr).toContain("KNEM_NO_PACKAGING");
    expect(stderr).toContain("in a checkout");
  });
});

describe("knem stats", () => {
  it("gives one JSON document", () => {
    const { status, stdout } = knem([
      "stats",
      "--json",
      "--device",
      statisticsFile("s", moduleText),
    ]);
    expect(status).toBe(0);
    expect(valid("stats", stdout)).toEqual({
      version: "2.0.0",
      abi: 13,
      features: 0,
      forcedFlags: 16,
      ignoredFlags: 0,
      dma: "NoKernelSupport",
      channels: ["dma0chan0", "dma0chan1"],
      counters: { submitted: 12, processedTotal: 11, failedFindRegion: 1 },
      activity: null,
      other: [" Pid 17 (#1)"],
      problem: null,
    });
  });

  it("gives an aligned table", () => {
    const { stdout } = knem(["stats", "--device", statisticsFile("t", moduleText)]);
    expect(stdout).toContain("KNEM 2.0.0\n");
    expect(stdout).toContain("Forced flags   0x10 (PINLOCAL)\n");
    expect(stdout).toContain("DMA channels   dma0chan0, dma0chan1\n");
    expect(stdout).toContain("Requests Submitted          12\n");
    expect(stdout).toContain("Requests Failed/FindRegion   1\n");
    expect(stdout).toContain(" Pid 17 (#1)\n");
  });
});

describe("knem regions", () => {
  it("lists what the module lists, and says how to make it", () => {
    const listed = `${moduleText.trimEnd()}\n  Listed 0 regions\n Listed 1 pids\n`;
    const file = statisticsFile("listed", listed);
    expect(knem(["regions", "--device", file])).toMatchObject({ status: 0, stderr: "" });
    expect(valid("regions", knem(["regions", "--json", "--device", file]).stdout)).toMatchObject({
      contexts: [{ process: 17, context: 1, regions: [] }],
      hidden: 0,
    });
    const silent = knem(["regions", "--device", statisticsFile("silent", moduleText)]);
    expect(silent.status).toBe(1);
    expect(silent.stderr).toContain("knem params statsverbose=1");
    const unlisted = knem(["regions", "--json", "--device", statisticsFile("silent", moduleText)]);
    expect(valid("regions", unlisted.stdout)).toMatchObject({
      contexts: null,
      problem: { code: "KNEM_NOT_LISTED" },
    });
  });
});

describe("knem doctor", () => {
  it("is content with a machine on which all is well", () => {
    const args = ["doctor", "--root", machine({ "/dev/knem": moduleText })];
    const { stdout, stderr } = knem(args);
    expect(stdout).toMatch(/^✓ module +knem 2\.0\.0 is loaded$/m);
    expect(stdout).toMatch(/^✓ ABI +0xd, as programs expect it$/m);
    expect(stdout).not.toMatch(/^✗ (?!access)/m);
    expect(stderr).not.toMatch(/module|device|udev/);
    valid("doctor", knem([...args, "--json"]).stdout);
  });

  it("ends with 1 where something must be mended, and says what", () => {
    const { status, stdout, stderr } = knem(["doctor", "--root", machine({ "/dev/knem": null })]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ device +the module is loaded, but there is no \/dev\/knem\n +→ /m);
    expect(stderr).toContain("KNEM_UNHEALTHY");
  });
});

describe("without its native part", () => {
  /** The package as it is installed, but for its native part. */
  function copy(name: string): string {
    const home = join(scratch, name);
    mkdirSync(home);
    for (const part of ["bin", "dist", "package.json"]) {
      cpSync(join(folder, part), join(home, part), { recursive: true });
    }
    symlinkSync(join(folder, "node_modules"), join(home, "node_modules"));
    return home;
  }

  it("still explains itself, and says what is missing", () => {
    const home = copy("missing");
    expect(knem(["--version"], home).status).toBe(0);
    for (const command of ["stats", "info"]) {
      const { status, stderr } = knem([command], home);
      expect(status).toBe(6);
      expect(stderr).toContain(`there is no ${join(home, basename(binding))}`);
      expect(stderr).toContain("pnpm build:native");
    }
  });

  it("says why it cannot be loaded", () => {
    const home = copy("broken");
    writeFileSync(join(home, basename(binding)), "not a library");
    const { status, stderr } = knem(["stats"], home);
    expect(status).toBe(6);
    expect(stderr).toContain("KNEM_BAD_BINDING");
    expect(stderr).toMatch(/why: .*(too short|invalid ELF header)/);
  });
});
