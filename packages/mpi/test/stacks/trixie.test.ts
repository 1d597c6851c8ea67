// SPDX-License-Identifier: BSD-3-Clause
import { Progress, Workshop } from "@knem/kernels";
import { beforeAll, describe, expect, it } from "vitest";
import { commandFiles, KNEM } from "../../../../scripts/outfit.js";
import { MEMBER, OTHER, PLUGINS, plugins, stacksOf } from "../../src/index.js";
import { behaves, pageHolds } from "./behaviour.js";
import { type Seen, whole } from "./whole.js";

const names = stacksOf("trixie").map(([name]) => name);

/** Where the library looks for plug-ins by itself, as if it had been built with KNEM; there, the command finds it. */
const folder = "/usr/lib/x86_64-linux-gnu/openmpi/lib/openmpi40";
const plugIn = `${folder}/${plugins.smsc.file}`;
const withPlugIn = `busybox mount -t tmpfs knem ${folder} && cp ${PLUGINS}/${plugins.smsc.file} ${plugIn}`;

let seen: Seen;
beforeAll(async () => {
  const further = [
    { name: "doctor", user: OTHER, command: ["node", KNEM, "doctor"] },
    { name: "info", user: MEMBER, command: ["node", KNEM, "info", "--json"] },
  ];
  const files = await commandFiles(await Workshop.open(new Progress()));
  seen = await whole("trixie", { further, files, prepare: [withPlugIn] });
}, 1_800_000);

describe.each(names)("%s", (name) => {
  behaves(name, () => seen);

  it("tells who may not use the device so", () => {
    expect(seen.of(`${name}: outside`).output).toContain("knem permission denied");
  });
});

describe("the knem command beside it", () => {
  it("tells somebody who is not in the group why nothing is carried", () => {
    const { status, output } = seen.of("doctor");
    expect(status).not.toBe(0);
    expect(output).toContain("this user is not in the group rdma");
  });

  it("finds the library, its release, and the plug-in that opens the device", () => {
    const { status, output } = seen.of("info");
    expect(status).toBe(0);
    const { clients } = JSON.parse(output);
    expect(clients).toContainEqual(
      expect.objectContaining({
        name: "Open MPI",
        version: expect.stringMatching(/^5\./),
        knem: plugIn,
      }),
    );
  });
});

pageHolds("trixie", () => seen);
