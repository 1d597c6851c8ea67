// SPDX-License-Identifier: BSD-3-Clause
import type { Bind, Chroot, CommandResult, DebianSystem, Workshop } from "@knem/kernels";
import { type Lasting, lasting } from "./lasting.js";

/** A fresh system that lasts for several tests. */
export class Fresh {
  private constructor(
    private readonly system: Lasting,
    private readonly binds: readonly Bind[],
  ) {}

  /** One with packages; `binds` are seen by everything that is run in it. */
  static async start(
    workshop: Workshop,
    system: DebianSystem,
    binds: readonly Bind[],
  ): Promise<Fresh> {
    return new Fresh(await lasting(workshop, system), binds);
  }

  get chroot(): Chroot {
    return this.system.chroot;
  }

  /** Removes it. */
  remove(): Promise<void> {
    return this.system.remove();
  }

  /** Runs a shell's script. */
  run(script: string): Promise<CommandResult> {
    return this.chroot.run(["sh", "-c", script], { binds: this.binds });
  }

  /** What a shell's script prints. Errors: COMMAND_FAILED, if any command of it fails. */
  async tell(script: string): Promise<string> {
    const argv = ["sh", "-euc", script];
    const what = `this failed: ${script}`;
    return (await this.chroot.must(what, argv, { binds: this.binds })).output.trim();
  }

  /**
   * Everything that is in it, but for accounts and what the package managers remember; of what is in /etc, with the
   * contents.
   */
  async everything(): Promise<string[]> {
    const running = ["dev", "proc", "root", "run", "sys", "tmp"];
    const apart = [
      ...running,
      "var/cache",
      "var/lib/apt",
      "var/lib/dpkg",
      "var/lib/rpm",
      "var/log",
    ];
    const prune = apart.map((name) => `-path /${name} -prune -o`).join(" ");
    const accounts = "! -path '/etc/group*' ! -path '/etc/gshadow*'";
    const sums = `-type f -path '/etc/*' -exec md5sum {} +`;
    return (await this.tell(`find / ${prune} ${accounts} \\( ${sums} -o -print \\)`))
      .split("\n")
      .sort();
  }
}

/** What is only in one of two lists, with the side that it is on. */
export function difference(before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const come = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...come];
}
