// SPDX-License-Identifier: BSD-3-Clause
import { native } from "../../native.js";
import { statistics } from "../../statistics.js";
import type { System } from "../system.js";
import type { Patient } from "./finding.js";

/** The machine whose files those are, and the user who looks. */
export function patient(system: System): Patient {
  const status = system.text("/proc/self/status") ?? "";
  const numbers = (key: string) =>
    (new RegExp(`^${key}:\\s*(.*)$`, "m").exec(status)?.[1] ?? "")
      .split(/\s+/)
      .filter(Boolean)
      .map(Number);
  const [, uid = 0] = numbers("Uid");
  const [, gid = 0] = numbers("Gid");
  return {
    system,
    release: (system.text("/proc/sys/kernel/osrelease") ?? "").trim(),
    user: { uid, groups: [gid, ...numbers("Groups")] },
    statistics: () => statistics(system.at("/dev/knem")),
    abi: () => native().ABI_VERSION,
  };
}
