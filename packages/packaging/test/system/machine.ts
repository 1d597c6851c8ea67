// SPDX-License-Identifier: BSD-3-Clause
import { bootSystem, type GuestVerdict, type SystemJob } from "@knem/guest";
import type { Chroot, ChrootOptions, CommandResult, Workshop } from "@knem/kernels";
import { type Lasting, lasting } from "./lasting.js";

/** Where a package that is installed lies inside. */
const DEB = "/run/knem.deb";

/** A Debian machine that lives as long as a story that several tests tell. */
export class Machine {
  private constructor(
    private readonly workshop: Workshop,
    private readonly system: Lasting,
  ) {}

  /** A fresh one that can be booted, but for a kernel. */
  static async start(workshop: Workshop): Promise<Machine> {
    const system = await lasting(workshop, {
      suite: "trixie",
      further: ["trixie-backports"],
      // Kernels want an initramfs to be made, which no guest boots with: the smallest will do.
      packages: ["kmod", "systemd", "systemd-sysv", "tiny-initramfs", "udev"],
    });
    const machine = new Machine(workshop, system);
    await machine.tell("apt-get update");
    return machine;
  }

  get chroot(): Chroot {
    return this.system.chroot;
  }

  /** Removes it. */
  remove(): Promise<void> {
    return this.system.remove();
  }

  /** Runs a shell's script. */
  sh(script: string, options: ChrootOptions = {}): Promise<CommandResult> {
    return this.chroot.run(["sh", "-c", script], options);
  }

  /** What a shell's script prints. Errors: COMMAND_FAILED, if it fails. */
  async tell(script: string): Promise<string> {
    const what = `this failed: ${script}`;
    return (await this.chroot.must(what, ["sh", "-euc", script])).output.trimEnd();
  }

  /** apt-get; recommended packages only where they are named. */
  apt(...args: string[]): Promise<CommandResult> {
    const quiet = ["--yes", "--quiet", "--quiet", "--no-install-recommends"];
    return this.chroot.run(["apt-get", ...quiet, ...args]);
  }

  /** Installs a package from a file. */
  install(deb: string): Promise<CommandResult> {
    const quiet = ["--yes", "--quiet", "--quiet", "--no-install-recommends"];
    const binds = [{ from: deb, to: DEB }];
    return this.chroot.run(["apt-get", ...quiet, "install", DEB], { binds });
  }

  /** Boots it on one of its kernels, with further words on its command line, and runs a shell's script there. */
  async boot(
    release: string,
    script: string,
    kernelArguments: readonly string[] = [],
    machine: Pick<SystemJob, "builds" | "memory" | "timeLimit"> = {},
  ): Promise<GuestVerdict> {
    const sandbox = await this.workshop.sandbox();
    return bootSystem({
      ...machine,
      tree: this.chroot.tree,
      sandbox,
      release,
      kernelArguments,
      command: ["sh", "-c", `exec 2>&1\n${script}`],
    });
  }

  /** Everything that is in it, but for what only runs. */
  async listing(): Promise<Set<string>> {
    const apart = ["dev", "proc", "root", "run", "sys", "tmp"];
    const prune = apart.map((name) => `-path /${name} -prune -o`).join(" ");
    return new Set((await this.tell(`find / ${prune} -print`)).split("\n"));
  }
}
