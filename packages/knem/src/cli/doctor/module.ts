// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import { isLoaded } from "../params/values.js";
import { version } from "../version.js";
import { type Check, note, ok, problem } from "./finding.js";
import { installed, installedFor } from "./installed.js";

/** Whether the module is loaded; if not, what stands between it and the kernel. */
export const loaded: Check = ({ system, release }) => {
  const name = "module";
  const version = system.text("/sys/module/knem/version")?.trim();
  if (isLoaded(system)) return ok(name, `knem ${version ?? "of an unknown version"} is loaded`);
  if (installed(system, release))
    return problem(
      name,
      `it is installed for ${release}, but not loaded`,
      "as root: modprobe knem",
    );
  const others = installedFor(system);
  if (others.length > 0) {
    const remedy = `as root: dkms autoinstall -k ${release}; or start one of those kernels`;
    return problem(name, `it is installed for ${others.join(", ")}, not for ${release}`, remedy);
  }
  const remedy =
    "install knem-dkms, or the package of the module for this kernel (knem package kmod)";
  return problem(
    name,
    `it is not installed for any kernel, nor for the running ${release}`,
    remedy,
  );
};

/** Whether module and programs speak the same version of the contract. */
export const abi: Check = ({ system, statistics, abi }) => {
  const name = "ABI";
  if (!system.exists("/dev/knem")) return undefined;
  try {
    const told = statistics();
    const [theirs, ours] = [told.abi, abi()].map((number) => `0x${number.toString(16)}`);
    if (theirs !== ours) {
      const remedy = "install module and programs of the same release, then load the module anew";
      return problem(name, `the module speaks ${theirs}, programs ${ours}`, remedy);
    }
    if (told.version === version()) return ok(name, `${theirs}, as programs expect it`);
    return note(name, `${theirs} fits; module ${told.version}, command ${version()}`);
  } catch (error) {
    if (!(error instanceof KnemError)) throw error;
    if (error.code === "KNEM_PERMISSION_DENIED")
      return note(name, "only who may open the device learns it");
    return problem(name, error.why, error.remedy);
  }
};

/** Whether it is loaded when the machine starts. */
export const atStart: Check = ({ system }) => {
  const name = "start";
  const folders = ["/etc", "/run", "/usr/lib", "/lib"].map((top) => `${top}/modules-load.d`);
  const files = folders.flatMap((folder) =>
    system.names(folder).map((file) => `${folder}/${file}`),
  );
  const found = files.find((file) => /^\s*knem\s*$/m.test(system.text(file) ?? ""));
  if (found !== undefined) return ok(name, `loaded when the machine starts (${found})`);
  const remedy = "as root: echo knem > /etc/modules-load.d/knem.conf";
  return note(name, "it is not loaded when the machine starts", remedy);
};
