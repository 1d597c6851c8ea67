// SPDX-License-Identifier: BSD-3-Clause
import { writeFileSync } from "node:fs";
import { KnemError } from "@knem/errors";
import type { System } from "../system.js";
import { usageError } from "../usage.js";
import { type Parameter, parameters } from "./table.js";

const FOLDER = "/sys/module/knem/parameters";

/** A parameter and what it is at the moment; null where the module is not loaded, or does not have it. */
export interface Value extends Parameter {
  readonly value: string | null;
}

/** Every parameter, those that only the loaded module knows last. */
export function values(system: System): Value[] {
  const value = (name: string) => system.text(`${FOLDER}/${name}`)?.trim() ?? null;
  const known = parameters.map((one) => ({ ...one, value: value(one.name) }));
  const names = new Set(parameters.map(({ name }) => name));
  const unknown = system.names(FOLDER).filter((name) => !names.has(name));
  const explanation = "this version of the command does not know it";
  const later = unknown.map((name) => {
    const live = ((system.stat(`${FOLDER}/${name}`)?.mode ?? 0) & 0o222) !== 0;
    return { name, default: "", live, explanation, value: value(name) };
  });
  return [...known, ...later];
}

/** Whether the module is loaded. */
export function isLoaded(system: System): boolean {
  return system.exists("/sys/module/knem");
}

/** Why nothing is known of the loaded module. */
export function notLoaded(what: string): KnemError {
  return new KnemError({
    code: "KNEM_NO_DEVICE",
    what,
    why: "the knem module is not loaded",
    remedy: "load it as root: modprobe knem; knem doctor tells what it may need",
  });
}

/**
 * Changes a parameter of the loaded module.
 *
 * @throws KnemError `KNEM_NO_DEVICE`, `KNEM_USAGE`, `KNEM_FIXED_PARAMETER`, `KNEM_NOT_PRIVILEGED`,
 * `KNEM_PARAMETER_REFUSED`
 */
export function change(system: System, name: string, value: string): void {
  const what = `cannot set ${name}`;
  if (!isLoaded(system)) throw notLoaded(what);
  const found = named(system, name, "knem params");
  if (!found.live) {
    const remedy = `write "options knem ${name}=${value}" to a file in /etc/modprobe.d, then load the module anew`;
    const why = "it is read once, when the module is loaded";
    throw new KnemError({ code: "KNEM_FIXED_PARAMETER", what, why, remedy });
  }
  try {
    writeFileSync(system.at(`${FOLDER}/${name}`), `${value}\n`);
  } catch (cause) {
    throw refused(what, value, cause);
  }
}

/** The parameter of that name. Errors: KNEM_USAGE. */
export function named(system: System, name: string, command: string): Value {
  const found = values(system).find((one) => one.name === name);
  if (found) return found;
  throw usageError(`cannot run ${command}`, `there is no parameter ${name}`, command);
}

function refused(what: string, value: string, cause: unknown): KnemError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code === "EACCES" || code === "EPERM") {
    const why = "only root may change a parameter";
    return new KnemError({ code: "KNEM_NOT_PRIVILEGED", what, why, remedy: "run it as root" });
  }
  const why = code === "EINVAL" ? `the module does not take "${value}"` : String(cause);
  const remedy = "knem params tells what it takes";
  return new KnemError({ code: "KNEM_PARAMETER_REFUSED", what, why, remedy }, { cause });
}
