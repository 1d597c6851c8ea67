// SPDX-License-Identifier: BSD-3-Clause
import { Cache, Progress, withChroot } from "@knem/kernels";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Scratch, scratch, unpackSource } from "../source.js";

let source: Scratch;
let version: string;
beforeAll(async () => {
  source = await scratch();
  version = await unpackSource(source.folder);
});
afterAll(() => source?.remove());

const packages = ["groff", "man-db", "mandoc", "pkgconf", "shellcheck"];

/** Runs a script in a copy of the source, in a system of its own; gives its status and all that it says. */
async function tell(script: string) {
  const whole = `cp -R /run/source /tmp/source && cd /tmp/source && ${script}`;
  const binds = [{ from: source.folder, to: "/run/source" }];
  return withChroot(new Cache(), { suite: "trixie", packages }, new Progress(), async (chroot) => {
    const { status, output } = await chroot.run(["sh", "-c", whole], { binds });
    return { status, output };
  });
}

const content = { status: 0, output: "" };

describe("the source", () => {
  it("has scripts that shellcheck has nothing to say about", async () => {
    const scripts = "configure knem_load knem_local_install kernel-rs/*.sh";
    const check = `./configure -q --disable-module && shellcheck -s sh -x -P kernel-rs ${scripts}`;
    expect(await tell(check)).toEqual(content);
  });

  it("has manual pages that mandoc and groff have nothing to say about", async () => {
    // Whether the manual pages of others are installed is no matter of ours.
    const lint = "mandoc -T lint -W style man/* | grep -v 'STYLE: referenced manual not found' >&2";
    const render = "for page in man/*; do man --warnings -E UTF-8 -l $page >/dev/null; done";
    expect(await tell(`${lint}; ${render}`)).toEqual(content);
  });

  it("describes itself to pkg-config, with the directories chosen", async () => {
    const { output } = await tell(
      `./configure -q --disable-module --prefix=/usr --libdir='\${exec_prefix}/lib/arch' &&
       export PKG_CONFIG_LIBDIR=. PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 &&
       for question in modversion cflags libs variable=libdir; do pkg-config --$question knem; done`,
    );
    expect(output.split("\n").map((line) => line.trim())).toEqual([
      ...[version, "-I/usr/include", "", "/usr/lib/arch", ""],
    ]);
  });
});
