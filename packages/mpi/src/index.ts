// SPDX-License-Identifier: BSD-3-Clause
export { documentation, SPEEDS, writeDocumentation } from "./document.js";
export { type MpiGuest, mpiGuest } from "./guest.js";
export {
  attemptsOf,
  carries,
  type MachineOfPage,
} from "./page.js";
export { MEMBER, OTHER } from "./people.js";
export {
  askings,
  PluginBuilder,
  type PluginName,
  plugins,
  pluginsOf,
} from "./plugins.js";
export {
  attempt,
  hpcc,
  killLine,
  legacy,
  netpipe,
  outside,
  perftest,
  stacksOf,
  validate,
} from "./session.js";
export { measure, type Point, pointsOf, type Speed, type SpeedDocument } from "./speed.js";
export { launch, MPI, PLUGINS, type Stack, type StackName, stacks } from "./stacks.js";
export { type SystemName, systems } from "./systems.js";
export {
  type Attempt,
  type Carried,
  carried,
  left,
  parseTrials,
  type Tally,
  type Trial,
  trialLine,
} from "./trial.js";
