// SPDX-License-Identifier: BSD-3-Clause
import { bytes } from "../units.js";
import { type Check, note, ok, problem } from "./finding.js";

/** What a process should be able to pin at least, where its limit counts. */
const ENOUGH = 64 * 2 ** 20;

/** How much memory this user's processes may pin. */
export const lockedMemory: Check = ({ system }) => {
  const name = "memlock";
  const soft = /^Max locked memory\s+(\S+)/m.exec(system.text("/proc/self/limits") ?? "")?.[1];
  if (soft === undefined) return undefined;
  if (soft === "unlimited") return ok(name, "no limit for pinned memory");
  const limit = `this session may lock ${bytes(Number(soft))}`;
  const enforced = system.text("/sys/module/knem/parameters/memlock")?.trim() === "enforce";
  if (!enforced)
    return ok(name, `${limit}; the module does not hold it against that (memlock=count)`);
  if (Number(soft) >= ENOUGH) return ok(name, limit);
  const remedy =
    "raise memlock in /etc/security/limits.d, or LimitMEMLOCK= of the service that starts programs";
  return problem(name, `${limit}, and the module enforces it (memlock=enforce)`, remedy);
};

/** Huge pages make regions cheap: one piece of 2 MiB instead of 512. */
export const hugePages: Check = ({ system }) => {
  const name = "huge pages";
  const file = "/sys/kernel/mm/transparent_hugepage/enabled";
  const chosen = /\[(\w+)\]/.exec(system.text(file) ?? "")?.[1];
  const reserved = Number(
    /^HugePages_Total:\s*(\d+)/m.exec(system.text("/proc/meminfo") ?? "")?.[1] ?? 0,
  );
  const found = `transparent: ${chosen ?? "not in this kernel"}, reserved: ${reserved}`;
  if (chosen === "always" || chosen === "madvise" || reserved > 0) return ok(name, found);
  const remedy = chosen && `as root: echo madvise > ${file}`;
  return note(name, `${found}; large regions take longer to create without`, remedy);
};
