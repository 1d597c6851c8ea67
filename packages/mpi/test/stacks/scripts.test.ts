// SPDX-License-Identifier: BSD-3-Clause
import { fileURLToPath } from "node:url";
import { Cache, Progress, withChroot } from "@knem/kernels";
import { expect, it } from "vitest";

const folder = fileURLToPath(new URL("../..", import.meta.url));

it("the scripts that build and try are such that shellcheck has nothing to say about them", async () => {
  const binds = [{ from: folder, to: "/run/mpi" }];
  const argv = ["sh", "-c", "shellcheck -s sh build/*.sh build/*/*.sh guest/*.sh"];
  const system = { suite: "trixie", packages: ["shellcheck"] };
  const { status, output } = await withChroot(new Cache(), system, new Progress(), (chroot) =>
    chroot.run(argv, { binds, cwd: "/run/mpi" }),
  );
  expect({ status, output }).toEqual({ status: 0, output: "" });
});
