// SPDX-License-Identifier: BSD-3-Clause
import { Device, type Info } from "../../device.js";
import { featureNames } from "../../names.js";
import { statistics } from "../../statistics.js";
import { answer, reported } from "../answer.js";
import { isLoaded, values } from "../params/values.js";
import type { System } from "../system.js";
import { clients } from "./clients.js";

/** Everything that can be found out about KNEM on a machine, and why not all of it can. */
export function inquire(system: System, path: string) {
  const { told: info, problem } = answer(() => asked(path));
  // A device may be one to write to alone.
  const told = info ? answer(() => statistics(path)).told : undefined;
  const shown = values(system).map(({ name, value }) => [name, value] as const);
  return {
    document: {
      device: path,
      version: told?.version ?? null,
      abi: info?.abi ?? null,
      features: info?.features ?? null,
      featureNames: info ? featureNames(info.features) : null,
      forcedFlags: info?.forcedFlags ?? null,
      ignoredFlags: info?.ignoredFlags ?? null,
      dma: told?.dma ?? null,
      channels: told?.channels ?? null,
      parameters: isLoaded(system) ? Object.fromEntries(shown) : null,
      clients: clients(system),
      problem: reported(problem),
    },
    problem,
  };
}

/** The JSON document, as schema/info.json has it. Its keys stay. */
export type InfoDocument = ReturnType<typeof inquire>["document"];

function asked(path: string): Info {
  const device = new Device(path);
  const info = device.info();
  device.close();
  return info;
}
