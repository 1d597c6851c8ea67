// SPDX-License-Identifier: BSD-3-Clause
import { gunzipSync } from "node:zlib";
import { isLoaded } from "../params/values.js";
import type { System } from "../system.js";
import { type Check, note, ok, problem } from "./finding.js";
import { installed } from "./installed.js";

/** Whether the module can be built for the running kernel, where it is not there yet. */
export const rust: Check = ({ system, release }) => {
  const name = "Rust";
  if (isLoaded(system) || installed(system, release))
    return ok(name, `nothing has to be built for ${release}`);
  const config = configOf(system, release);
  if (config !== undefined && !/^CONFIG_RUST=y$/m.test(config)) {
    const remedy = "use a kernel from 7.2 on that is built with CONFIG_RUST=y";
    return problem(
      name,
      `${release} was built without Rust, so the module cannot be built for it`,
      remedy,
    );
  }
  const headers = `/lib/modules/${release}/build`;
  if (!system.exists(`${headers}/.config`)) {
    const remedy = `apt-get install linux-headers-${release} (kernel-devel-${release} where packages are RPMs)`;
    return problem(name, `the headers of ${release} are not there`, remedy);
  }
  if (system.names(`${headers}/rust`).some((file) => file.endsWith(".rmeta")))
    return ok(name, "the kernel's headers bring its Rust metadata");
  const series = /^\d+\.\d+/.exec(release)?.[0];
  const source = `/usr/src/linux-source-${series}.tar.xz`;
  if (system.exists(source))
    return ok(name, `the headers lack Rust metadata; the build regenerates it from ${source}`);
  const remedy = `apt-get install linux-source-${series}, from which the build regenerates it`;
  return problem(
    name,
    "the headers lack Rust metadata, and the kernel's source is not there",
    remedy,
  );
};

/** Whether the kernel takes only signed modules, and whether this one is. */
export const secureBoot: Check = ({ system, release }) => {
  const name = "Secure Boot";
  const enforced = enforcedBy(system);
  if (enforced === undefined) return ok(name, "modules need no signature");
  if (isLoaded(system)) return ok(name, `${enforced}; the module was accepted`);
  const path = installed(system, release);
  const remedy =
    "let DKMS sign it, then as root: mokutil --import /var/lib/dkms/mok.pub, and confirm when the machine starts";
  if (path === undefined || /\.(xz|zst|gz)$/.test(path))
    return note(name, `${enforced}: only signed modules are loaded`, remedy);
  const signed = system.tail(path, 28)?.toString("latin1") === "~Module signature appended~\n";
  if (signed)
    return note(name, `${enforced}; ${path} is signed, the machine must know the key`, remedy);
  return problem(
    name,
    `${enforced}, and ${path} is not signed: "Key was rejected by service"`,
    remedy,
  );
};

function enforcedBy(system: System): string | undefined {
  if (system.text("/sys/module/module/parameters/sig_enforce")?.trim() === "Y")
    return "the kernel enforces signatures";
  const lockdown = /\[(\w+)\]/.exec(system.text("/sys/kernel/security/lockdown") ?? "")?.[1];
  if (lockdown !== undefined && lockdown !== "none")
    return `the kernel is locked down (${lockdown})`;
  return undefined;
}

function configOf(system: System, release: string): string | undefined {
  const files = [`/boot/config-${release}`, `/lib/modules/${release}/config`];
  const found = [...files, `/lib/modules/${release}/build/.config`]
    .map((file) => system.text(file))
    .find((text) => text !== undefined);
  const packed = found === undefined ? system.bytes("/proc/config.gz") : undefined;
  return packed ? gunzipSync(packed).toString() : found;
}
