// SPDX-License-Identifier: BSD-3-Clause
import { KnemError } from "@knem/errors";
import { Device, featureNames, type Info } from "../../device.js";
import { type Statistics, statistics } from "../../statistics.js";
import { isLoaded, values } from "../params/values.js";
import type { System } from "../system.js";
import { clients } from "./clients.js";

/** Everything that can be found out about KNEM on a machine, and why not all of it can. */
export function inquire(system: System, path: string) {
  const { info, problem } = asked(path);
  const told = info ? tried(() => statistics(path)) : undefined;
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
      problem: problem ? reported(problem) : null,
    },
    problem,
  };
}

/** The JSON document, as schema/info.json has it. Its keys stay. */
export type InfoDocument = ReturnType<typeof inquire>["document"];

function asked(path: string): { info?: Info; problem?: KnemError } {
  try {
    const device = new Device(path);
    const info = device.info();
    device.close();
    return { info };
  } catch (error) {
    if (error instanceof KnemError) return { problem: error };
    throw error;
  }
}

/** A device may be one to write to alone. */
function tried(read: () => Statistics): Statistics | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof KnemError) return undefined;
    throw error;
  }
}

const reported = ({ code, what, why, remedy }: KnemError) => ({ code, what, why, remedy });
