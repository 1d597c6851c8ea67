// SPDX-License-Identifier: BSD-3-Clause
export { boot } from "./boot.js";
export type { ConsoleFault, FaultKind } from "./console.js";
export { faultsIn } from "./console.js";
export type { Evidence } from "./fault.js";
export { GuestFault } from "./fault.js";
export { baseImage, systemImage } from "./image.js";
export type {
  BaseImage,
  GuestFile,
  GuestJob,
  GuestKernel,
  GuestModule,
  GuestRun,
  GuestVerdict,
  SystemJob,
} from "./job.js";
export type { MachineName } from "./machine.js";
export { softwareDma } from "./softwaredma.js";
export { bootSystem } from "./system.js";
export type { TapFailure, TapProgram, TapReport } from "./tap.js";
export { parseTap } from "./tap.js";
export type { OnTrace } from "./tracer.js";
export { bootUml, type UmlJob } from "./uml.js";
