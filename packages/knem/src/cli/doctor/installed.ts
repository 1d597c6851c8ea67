// SPDX-License-Identifier: BSD-3-Clause
import type { System } from "../system.js";

/** Where knem.ko is for a kernel, as depmod noted it or as it lies there; undefined where it is not. */
export function installed(system: System, release: string): string | undefined {
  const folder = `/lib/modules/${release}`;
  const listed = /^(\S*\/knem\.ko(?:\.[a-z0-9]+)?):/m.exec(
    system.text(`${folder}/modules.dep`) ?? "",
  )?.[1];
  if (listed !== undefined) return listed.startsWith("/") ? listed : `${folder}/${listed}`;
  const places = ["updates/dkms", "updates", "extra", "extra/knem", "weak-updates/knem"];
  return places
    .flatMap((place) =>
      system.names(`${folder}/${place}`).map((name) => `${folder}/${place}/${name}`),
    )
    .find((path) => /\/knem\.ko(\.[a-z0-9]+)?$/.test(path));
}

/** The kernels that it is there for. */
export function installedFor(system: System): string[] {
  return system.names("/lib/modules").filter((release) => installed(system, release) !== undefined);
}
