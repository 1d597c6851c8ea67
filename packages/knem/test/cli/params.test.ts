// SPDX-License-Identifier: BSD-3-Clause
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { text } from "../../src/cli/commands/params.js";
import { parameters } from "../../src/cli/params/table.js";
import { change, values } from "../../src/cli/params/values.js";
import { System } from "../../src/cli/system.js";
import { folder } from "../package.js";

const scratch = mkdtempSync(join(tmpdir(), "knem-params-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const files = join(scratch, "sys/module/knem/parameters");
mkdirSync(files, { recursive: true });
for (const { name, default: value } of parameters) writeFileSync(join(files, name), `${value}\n`);
writeFileSync(join(files, "statsverbose"), "1\n");
writeFileSync(join(files, "later"), "7\n");
const loaded = new System(scratch);
const code = (code: string) => expect.objectContaining({ code });

/** What the module's source says, in the same shape. */
function declared() {
  const source = readFileSync(join(folder, "../../kernel-rs/host/params.c"), "utf8")
    .replaceAll('"\n', '" ')
    .replaceAll(/" __stringify\(KNEM_DEBUG\) "/g, "0");
  const fixed = new Map([
    ["PAGE_SIZE", "4096"],
    ["KNEM_DEBUG", "0"],
  ]);
  const calls = source.matchAll(/^KNEM_PARAM(_LIVE|_OF)?\(([^"]*),\s*"([^"]*) \(default .*"\);$/gm);
  return [...calls].map(([, kind, words = "", explanation = ""]) => {
    const all = words.split(",").map((word) => word.trim());
    const [mode, name = "", value = ""] =
      kind === "_OF" ? all.slice(2) : [kind === "_LIVE" ? "0644" : "0444", ...all];
    return { name, default: fixed.get(value) ?? value, live: mode === "0644", explanation };
  });
}

describe("the parameters", () => {
  it("are those of the module, in its words", () => {
    expect(declared().length).toBeGreaterThan(10);
    expect(parameters).toEqual(declared());
  });

  it("have values while the module is loaded, those unknown here last", () => {
    const found = values(loaded);
    expect(found.find(({ name }) => name === "statsverbose")?.value).toBe("1");
    expect(found.at(-1)).toMatchObject({ name: "later", value: "7", default: "" });
    expect(text(found, true)).toMatch(/^statsverbose +1 +0 +any time +List contexts/m);
  });

  it("are explained without the module, too", () => {
    const found = values(new System(join(scratch, "none")));
    expect(found.map(({ value }) => value)).toEqual(parameters.map(() => null));
    expect(text(found, false)).toMatch(/^statsverbose +0 +any time +List/m);
  });

  it("are changed, those that can be", () => {
    change(loaded, "memlock", "enforce");
    expect(readFileSync(join(files, "memlock"), "utf8")).toBe("enforce\n");
    expect(() => change(loaded, "sync", "1")).toThrow(code("KNEM_FIXED_PARAMETER"));
    expect(() => change(loaded, "speed", "1")).toThrow(code("KNEM_USAGE"));
    const none = new System(join(scratch, "none"));
    expect(() => change(none, "memlock", "count")).toThrow(code("KNEM_NO_DEVICE"));
  });
});
