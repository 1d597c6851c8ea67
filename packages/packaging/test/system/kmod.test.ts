// SPDX-License-Identifier: BSD-3-Clause
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { bootSystem } from "@knem/guest";
import {
  Cache,
  ModuleBuilder,
  must,
  Progress,
  type Target,
  targets,
  toolchainOf,
  Workshop,
} from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout, type Made, versionOf } from "../../src/index.js";
import { difference, Fresh } from "./fresh.js";
import { bytesOf, differing, Making } from "./making.js";

const DEBS = "/run/debs";
const target = targets[0] as Target;

let workshop: Workshop;
let making: Making;
let made: Made[];
let release: string;
let scratch: string;
beforeAll(async () => {
  workshop = await Workshop.open(new Progress());
  making = await Making.start(workshop);
  made = await making.make("kmod");
  ({ release } = await workshop.kernel(target));
  scratch = await mkdtemp(join(tmpdir(), "knem-kmod-"));
});
afterAll(async () => {
  await making?.remove();
  if (scratch) await rm(scratch, { recursive: true });
});

it("is the same bytes when it is made again", async () => {
  const first = await bytesOf(made);
  expect([...first.keys()]).toEqual([
    expect.stringMatching(/^knem-modules-7\..*-cloud-amd64_.*_amd64\.deb$/),
  ]);
  expect(differing(first, await bytesOf(await making.make("kmod")))).toEqual([]);
});

it("has a module that is the same bytes when it is built again", async () => {
  const sandbox = await workshop.sandbox(toolchainOf(target));
  const elsewhere = new Cache(join(scratch, "cache"));
  const builder = new ModuleBuilder(elsewhere, sandbox, workshop.moduleFolder);
  const again = await builder.build(await workshop.grafted(target));
  const { ko } = await workshop.module(target);
  expect((await readFile(again.ko)).equals(await readFile(ko))).toBe(true);
});

it("is signed where there is a key", async () => {
  const sandbox = await workshop.sandbox();
  const pair = ["-keyout", "/knem/keys/mok.key", "-out", "/knem/keys/mok.pub"];
  await sandbox.must(
    "no key could be made",
    [
      ...["openssl", "req", "-new", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "1"],
      ...["-subj", "/CN=The owner of this machine/", "-outform", "DER", ...pair],
    ],
    { binds: [{ from: scratch, to: "/knem/keys", write: true }] },
  );
  const keys = { key: join(scratch, "mok.key"), certificate: join(scratch, "mok.pub") };
  const other = await Making.start(workshop);
  const [signed] = await other.make("kmod", keys);
  const tree = join(scratch, "tree");
  await must("it cannot be unpacked", "dpkg-deb", ["--extract", signed?.path ?? "", tree]);
  const module = "/knem/tree/updates/knem.ko";
  const binds = [{ from: join(tree, "usr/lib/modules", release), to: "/knem/tree" }];
  const { stdout } = await sandbox.must("", ["modinfo", "-F", "signer", module], { binds });
  expect(stdout).toBe("The owner of this machine\n");
  await other.remove();
});

describe("knem and the module of a kernel, installed on that kernel", () => {
  let system: Fresh;
  let before: string[];
  beforeAll(async () => {
    const image = ["linux-base/trixie-backports", `linux-image-${release}`];
    const packages = ["systemd", "systemd-sysv", "udev", "kmod", ...image];
    const debian = { suite: "trixie", further: [target.suite], packages };
    await making.make("deb");
    system = await Fresh.start(workshop, debian, [{ from: making.out, to: DEBS }]);
    await system.tell("apt-get update -q; apt-get install -qq --no-install-recommends nodejs");
    before = await system.everything();
  });
  afterAll(() => system?.remove());

  it("are installed by apt, each knowing the other", async () => {
    const files = made.map(({ path }) => `${DEBS}/${basename(path)}`);
    await system.tell(
      `apt-get install -qq --no-install-recommends ${DEBS}/knem_*.deb ${files.join(" ")}`,
    );
    expect(await system.tell(`modinfo -k ${release} -F version knem`)).toBe(
      await versionOf(checkout),
    );
  });

  it("give the group rdma a device when the system starts, and the command finds it", async () => {
    const lines = [
      "udevadm settle",
      "stat -c '%U:%G %a %F' /dev/knem",
      "modinfo -F filename knem",
      "knem info --json",
    ];
    const sandbox = await workshop.sandbox();
    const command = ["sh", "-c", lines.join("\n")];
    const verdict = await bootSystem({ tree: system.chroot.tree, sandbox, command });
    const [device, file, ...info] = verdict.output.trim().split("\n");
    expect(device).toBe("root:rdma 660 character special file");
    expect(file).toMatch(
      new RegExp(`/lib/modules/${release.replace("+", "\\+")}/updates/knem\\.ko$`),
    );
    expect(JSON.parse(info.join("\n"))).toMatchObject({ device: "/dev/knem", abi: 13 });
  });

  it("are purged, and the kernel knows of no such module any more", async () => {
    await system.tell(`apt-get purge -qq knem knem-modules-${release}`);
    expect(difference(before, await system.everything())).toEqual([]);
    expect((await system.run(`modinfo -k ${release} knem`)).status).not.toBe(0);
  });

  it("cannot be had without that kernel", async () => {
    const [file] = made.map(({ path }) => path);
    const { stdout } = await must("", "dpkg-deb", ["--field", file ?? "", "Depends"]);
    expect(stdout).toContain(`linux-image-${release} |`);
  });
});
