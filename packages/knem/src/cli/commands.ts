// SPDX-License-Identifier: BSD-3-Clause
import type { CommandDef } from "citty";
import type { Commands } from "./completion/vocabulary.js";

/** Loads a command when it is needed. Each knows its own arguments; here they are all alike. */
const lazily = (load: () => Promise<{ default: unknown }>) => async () =>
  (await load()).default as CommandDef;

/** The commands in the order in which they are told. */
export const commands: Commands = {
  stats: lazily(() => import("./commands/stats.js")),
  top: lazily(() => import("./commands/top.js")),
  info: lazily(() => import("./commands/info.js")),
  regions: lazily(() => import("./commands/regions.js")),
  params: lazily(() => import("./commands/params.js")),
  doctor: lazily(() => import("./commands/doctor.js")),
  bench: lazily(() => import("./commands/bench.js")),
  install: lazily(() => import("./commands/install.js")),
  package: lazily(() => import("./commands/package.js")),
  version: lazily(() => import("./commands/version.js")),
  completion: lazily(async () => {
    const { completion } = await import("./commands/completion.js");
    return { default: completion(commands) };
  }),
};
