// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "./errors.js";
import { type Toolchain, toolchains } from "./toolchains.js";

/** A stock kernel to build for: the newest of a series and flavour that a suite has. */
export interface Target {
  readonly suite: string;
  /** `7.3`, without a patch level: that is resolved when it is needed; or `newest`, where suites move on. */
  readonly series: string;
  /** Debian's name of the architecture. */
  readonly arch: string;
  readonly flavour: string;
  /** A name in `toolchains`. */
  readonly toolchain: string;
}

/** Every kernel that is built for. Adding one is adding a record; the first is the default. */
export const targets: readonly Target[] = [
  ...["7.3", "7.2"].flatMap((series) =>
    ["cloud-amd64", "amd64", "rt-amd64"].map((flavour) => ({
      ...{ suite: "trixie-backports", series, arch: "amd64", flavour, toolchain: "trixie" },
    })),
  ),
  { suite: "sid", series: "newest", arch: "amd64", flavour: "cloud-amd64", toolchain: "sid" },
  {
    suite: "trixie-backports",
    series: "7.3",
    arch: "arm64",
    flavour: "arm64",
    toolchain: "trixie for arm64",
  },
];

/** What a user may say about the targets meant; nothing said about a field leaves it open. */
export interface Selection {
  readonly kernels?: readonly string[];
  readonly flavours?: readonly string[];
  readonly suites?: readonly string[];
  readonly archs?: readonly string[];
}

/**
 * The targets that match every field given. Errors: NO_TARGET, if a value given matches none; it names those that exist.
 */
export function select(selection: Selection, all: readonly Target[] = targets): Target[] {
  const fields = [
    { option: "--kernel", values: selection.kernels, of: (target: Target) => target.series },
    { option: "--flavour", values: selection.flavours, of: (target: Target) => target.flavour },
    { option: "--suite", values: selection.suites, of: (target: Target) => target.suite },
    { option: "--arch", values: selection.archs, of: (target: Target) => target.arch },
  ];
  for (const { option, values, of } of fields) {
    const unknown = values?.find((value) => !all.some((target) => of(target) === value));
    if (unknown !== undefined) throw noTarget(`${option} ${unknown}`, all);
  }
  const chosen = all.filter((target) =>
    fields.every(({ values, of }) => !values?.length || values.includes(of(target))),
  );
  if (chosen.length === 0) throw noTarget("that combination", all);
  return chosen;
}

/** The toolchain that a target is built with. Errors: NO_TOOLCHAIN. */
export function toolchainOf(target: Target): Toolchain {
  const toolchain = toolchains[target.toolchain];
  if (toolchain) return toolchain;
  throw new KnemError({
    code: "NO_TOOLCHAIN",
    what: `the target ${nameOf(target)} names the toolchain ${target.toolchain}, which is not known`,
    why: `known are ${Object.keys(toolchains).join(", ")}`,
    remedy: "add a record to packages/kernels/src/toolchains.ts",
  });
}

/** A target for people, and no other's name: `7.3 cloud-amd64 of trixie-backports`. */
export function nameOf(target: Target): string {
  return `${target.series} ${target.flavour} of ${target.suite}`;
}

function noTarget(asked: string, all: readonly Target[]): KnemError {
  return new KnemError({
    code: "NO_TARGET",
    what: `no kernel is known for ${asked}`,
    why: `known are: ${all.map(nameOf).join("; ")}`,
    remedy: "choose one of those, or add a record to packages/kernels/src/targets.ts",
  });
}
