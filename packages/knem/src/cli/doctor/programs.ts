// SPDX-License-Identifier: BSD-3-Clause
import { clients } from "../info/clients.js";
import { type Check, note, ok } from "./finding.js";

/** Whether the kernel's own way is open to processes that are no children of each other. */
export const cma: Check = ({ system }) => {
  const name = "CMA";
  const scope = system.text("/proc/sys/kernel/yama/ptrace_scope")?.trim() ?? "0";
  if (scope === "0") return ok(name, "process_vm_readv works, too, between processes of one user");
  const found = `process_vm_readv is blocked between processes (ptrace_scope is ${scope})`;
  return note(name, `${found}: a reason to use KNEM, which does not need it`);
};

/** Whether anybody is there who would use it. */
export const libraries: Check = ({ system }) => {
  const name = "programs";
  const all = clients(system);
  const using = all.filter(({ knem }) => knem !== null).map((one) => one.name);
  if (using.length > 0) return ok(name, `built with KNEM: ${using.join(", ")}`);
  if (all.length === 0) return note(name, "no MPI library was found");
  const names = all.map((one) => one.name).join(", ");
  return note(
    name,
    `built without KNEM: ${names}`,
    "build them --with-knem, with knem_io.h of the package knem-dev",
  );
};
