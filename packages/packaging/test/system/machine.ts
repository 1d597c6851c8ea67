// SPDX-License-Identifier: BSD-3-Clause
import { bootSystem, type GuestVerdict } from "@knem/guest";
import {
  type Chroot,
  type ChrootOptions,
  type CommandResult,
  type Workshop,
  withChroot,
} from "@knem/kernels";

/** Where a package that is installed lies inside. */
const DEB = "/run/knem.deb";

/** A Debian machine that lives as long as a story that several tests tell. */
export class Machine {
  private constructor(
    private readonly workshop: Workshop,
    readonly chroot: Chroot,
    private readonly end: () => Promise<void>,
  ) {}

  /** A fresh one that can be booted, but for a kernel. */
  static start(workshop: Workshop): Promise<Machine> {
    const system = {
      suite: "trixie",
      further: ["trixie-backports"],
      // Kernels want an initramfs to be made, which no guest boots with: the smallest will do.
      packages: ["kmod", "systemd", "systemd-sysv", "tiny-initramfs", "udev"],
    };
    return new Promise((resolve, reject) => {
      const whole = withChroot(workshop.cache, system, workshop.progress, async (chroot) => {
        await chroot.must("the lists of packages could not be fetched", ["apt-get", "update"]);
        await new Promise<void>((done) => {
          const end = () => {
            done();
            return whole;
          };
          resolve(new Machine(workshop, chroot, end));
        });
      });
      whole.catch(reject);
    });
  }

  /** Removes it. */
  remove(): Promise<void> {
    return this.end();
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
  ): Promise<GuestVerdict> {
    const sandbox = await this.workshop.sandbox();
    return bootSystem({
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
