// SPDX-License-Identifier: BSD-3-Clause
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Progress, run, Workshop } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apply, checkout, layOut, plan, versionOf, withBench } from "../../src/index.js";
import { guideBlocks } from "../guide.js";
import { copyOf, type Scratch, scratch } from "../source.js";
import { Making } from "./making.js";

let workshop: Workshop;
let making: Making;
let place: Scratch;
let version: string;
let tarball: string;
beforeAll(async () => {
  workshop = await Workshop.open(new Progress());
  making = await Making.start(workshop);
  place = await scratch();
  version = await versionOf(checkout);
  const [made] = await making.make("tarball");
  tarball = made?.path ?? "";
});
afterAll(async () => {
  await making?.remove();
  await place?.remove();
});

/** Runs commands where the tarball is, and then some that tell what they have led to. */
function beside(commands: string, look: string): Promise<string> {
  const { cache, progress } = workshop;
  return withBench(cache, progress, async (bench) => {
    const content = { file: tarball };
    await layOut([{ to: `knem-${version}.tar.gz`, content }], bench.folder);
    const script = `(${commands}\n) >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }\n${look}`;
    return bench.must(`this failed: ${commands}`, script);
  });
}

describe("the source tarball", () => {
  it("is the same bytes from a checkout and from a copy of it without git", async () => {
    const copy = join(place.folder, "copy");
    await layOut(await copyOf(checkout), copy);
    const order = { kind: "tarball", checkout: copy, out: place.folder, targets: [] } as const;
    const [made] = await apply({ ...(await plan(order)), epoch: making.epoch }, workshop);
    expect((await readFile(made?.path ?? "")).equals(await readFile(tarball))).toBe(true);
  });

  it("gives the RPM packages by the guide's command, without the command", async () => {
    const [, commands = ""] = await guideBlocks("Packages");
    expect(commands).toBe(`rpmbuild -tb knem-${version}.tar.gz`);
    const names = await beside(commands, "cd /root/rpmbuild/RPMS/*; ls; rpm -qpl knem-2*");
    expect(names.match(/^knem\S*\.rpm$/gm)).toEqual(
      ["knem", "knem-devel", "knem-dkms"].map((name) => `${name}-${version}-1.noarch.rpm`),
    );
    expect(names).toContain("/usr/lib/udev/rules.d/60-knem.rules");
    expect(names).not.toContain("/usr/bin/knem");
  });

  it("gives the Debian packages by the guide's commands, without the command", async () => {
    const [, , commands = ""] = await guideBlocks("Packages");
    expect(commands).toContain("dpkg-buildpackage");
    const names = await beside(
      commands,
      "ls *.deb; dpkg-deb --contents knem_*.deb; dpkg-deb --field knem_*.deb",
    );
    expect(names.match(/^knem\S*\.deb$/gm)).toEqual([
      ...[`knem-dev_${version}-1_all.deb`, `knem-dkms_${version}-1_all.deb`],
      `knem_${version}-1_amd64.deb`,
    ]);
    expect(names).toContain("/usr/lib/udev/rules.d/60-knem.rules");
    expect(names).not.toContain("/usr/bin/knem");
    expect(names).not.toContain("nodejs");
  });
});

describe("the guide's commands for a checkout", () => {
  it("are understood, each of them, and plan to make what the guide tells of", async () => {
    const [commands = ""] = await guideBlocks("Packages");
    const lines = commands.split("\n");
    expect(lines).toHaveLength(4);
    const told: string[] = [];
    for (const line of lines) {
      const { status, output } = await run("sh", ["-c", `${line} --dry-run`], { cwd: checkout });
      expect({ line, status, output }).toMatchObject({ status: 0 });
      told.push(output);
    }
    for (const name of ["knem-dkms_", "knem-dev_", "knem-devel-", "knem-modules-7.3", ".tar.gz"]) {
      expect(told.join("\n")).toContain(name);
    }
  });
});
