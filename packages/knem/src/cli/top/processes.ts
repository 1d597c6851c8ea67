// SPDX-License-Identifier: BSD-3-Clause
import { printable } from "../printable.js";
import type { System } from "../system.js";

/** A process that has the device open. */
export interface Process {
  readonly pid: number;
  readonly user: string;
  readonly command: string;
  /** How often it has it open. */
  readonly descriptors: number;
  /** Bytes that the kernel counts as pinned by it, whoever pinned them. */
  readonly pinned: number;
}

/** The processes that have the device open, as far as this user may look, with the most pinned memory first. */
export function processes(system: System, device: string): Process[] {
  const users = names(system);
  const pids = system.names("/proc").filter((name) => /^\d+$/.test(name));
  const found = pids.flatMap((pid) => {
    const folder = `/proc/${pid}`;
    const open = system.names(`${folder}/fd`).map((fd) => system.link(`${folder}/fd/${fd}`));
    const descriptors = open.filter((target) => target === device).length;
    return descriptors === 0 ? [] : (process(system, folder, users, descriptors) ?? []);
  });
  return found.sort((a, b) => b.pinned - a.pinned || a.pid - b.pid);
}

/** What /proc says about one; undefined where it has just ended. */
function process(
  system: System,
  folder: string,
  users: ReadonlyMap<string, string>,
  descriptors: number,
): Process | undefined {
  const status = system.text(`${folder}/status`);
  if (status === undefined) return undefined;
  const lines = status.split("\n");
  const line = (name: string) =>
    lines.find((one) => one.startsWith(`${name}:\t`))?.slice(name.length + 2) ?? "";
  // Of numbers there may be several, or a unit.
  const field = (name: string) => line(name).trim().split(/\s/)[0] ?? "";
  return {
    pid: Number(field("Pid")),
    user: users.get(field("Uid")) ?? field("Uid"),
    command: printable(line("Name")),
    descriptors,
    pinned: Number(field("VmPin")) * 1024,
  };
}

function names(system: System): Map<string, string> {
  const lines = (system.text("/etc/passwd") ?? "").split("\n").map((line) => line.split(":"));
  return new Map(lines.map(([name = "", , uid = ""]) => [uid, name]));
}
