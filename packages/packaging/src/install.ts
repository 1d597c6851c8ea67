// SPDX-License-Identifier: BSD-3-Clause
import { Cache, must, Progress } from "@knem/kernels";
import { checkout, epochOf, versionOf } from "./checkout.js";
import { layOut } from "./entry.js";
import { sourceTree } from "./sources.js";

/** Where `knem install` puts everything unless it is told. */
export const PREFIX = "/opt/knem";

/** A command of an installation, run in the source folder. */
export interface Step {
  /** What it does, for people. */
  readonly what: string;
  readonly argv: readonly string[];
}

/** What the guide tells to do on a machine without packages: build for the running kernel, install, load. */
export function installSteps(prefix: string): Step[] {
  return [
    { what: "look at this machine", argv: ["./configure", `--prefix=${prefix}`] },
    { what: "build the module for the running kernel", argv: ["make"] },
    { what: `put everything below ${prefix}`, argv: ["make", "install"] },
    {
      what: "give this machine the module, the udev rule and the group, and load the module",
      argv: [`${prefix}/sbin/knem_local_install`, "--load"],
    },
  ];
}

/** The reverse; what lies below the prefix stays, other machines may use it. */
export function uninstallSteps(prefix: string): Step[] {
  return [
    { what: "unload the module", argv: ["modprobe", "-r", "knem"] },
    {
      what: "take back what this machine was given",
      argv: [`${prefix}/sbin/knem_local_install`, "--uninstall"],
    },
  ];
}

/** Carries out steps from the source of this checkout. Errors: COMMAND_FAILED, DISK_FULL. */
export async function carryOut(steps: readonly Step[], top = checkout): Promise<void> {
  const progress = new Progress();
  const release = { version: await versionOf(top), epoch: await epochOf(top) };
  await new Cache().temporary("install", async (folder) => {
    await layOut(await sourceTree(top, release), folder);
    for (const { what, argv } of steps) {
      const [program = "", ...args] = argv;
      const remedy = "mend what is named, then run this again";
      await progress.step(what, () =>
        must(`cannot ${what}`, program, args, { cwd: folder, remedy }),
      );
    }
  });
}

/** Steps for people: what is done, and the command. */
export function stepText(steps: readonly Step[]): string {
  return steps.map(({ what, argv }) => `${what}\n    ${argv.join(" ")}`).join("\n");
}
