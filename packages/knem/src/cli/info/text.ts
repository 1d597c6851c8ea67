// SPDX-License-Identifier: BSD-3-Clause
import colors from "picocolors";
import { featureText, flagText } from "../flags.js";
import { parameters } from "../params/table.js";
import { channelRow } from "../stats/text.js";
import { table } from "../table.js";
import type { Client } from "./clients.js";
import type { InfoDocument } from "./document.js";

/** What is known, for a person. */
export function text(known: InfoDocument): string {
  const lines = [...table(driver(known)), "", ...found(known.clients)];
  return lines.join("\n");
}

function driver(known: InfoDocument): [string, string][] {
  const { device, version, abi, features, forcedFlags, ignoredFlags, dma } = known;
  const settings: [string, string][] = known.parameters
    ? [["Parameters", changed(known.parameters)]]
    : [];
  if (abi === null || features === null) return [["Device", `${device}, not usable`], ...settings];
  return [
    ["Device", device],
    ["Module", version ?? "its statistics may not be read"],
    ["ABI", `0x${abi.toString(16)}`],
    ["Features", featureText(features)],
    ["Forced flags", flagText(forcedFlags ?? 0)],
    ["Ignored flags", flagText(ignoredFlags ?? 0)],
    ["DMA engine", dma ?? "unknown"],
    ...channelRow(known.channels ?? []),
    ...settings,
  ];
}

/** Only what is not as it comes; knem params tells all of them. */
function changed(now: Readonly<Record<string, string | null>>): string {
  const usual = new Map(parameters.map((one) => [one.name, one.default]));
  const other = Object.entries(now).filter(
    ([name, value]) => value !== null && usual.has(name) && usual.get(name) !== value,
  );
  return other.map(([name, value]) => `${name}=${value}`).join(" ") || "as they come";
}

function found(clients: readonly Client[]): string[] {
  if (clients.length === 0) return ["No MPI library was found on this machine."];
  return table(
    clients.map(({ name, version, library, knem }) => [
      version === null ? name : `${name} ${version}`,
      knem === null
        ? colors.dim(`without KNEM: ${library}`)
        : colors.green(`built with KNEM: ${knem}`),
    ]),
  );
}
