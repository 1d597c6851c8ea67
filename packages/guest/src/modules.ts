// SPDX-License-Identifier: BSD-3-Clause
import { spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { KnemError } from "@knem/kernels";

/** A kernel module's own words about itself, from its `.modinfo` section. */
export interface ModuleInfo {
  readonly name: string;
  readonly depends: readonly string[];
  readonly vermagic: string;
}

/** A module of a stock kernel, ready to be loaded. */
export interface StockModule {
  readonly name: string;
  readonly content: Buffer;
}

/** Reads `name`, `depends` and `vermagic` out of a module's bytes; `fallback` names modules that do not say. */
export function moduleInfo(content: Buffer, fallback: string): ModuleInfo {
  const field = (key: string) => {
    const at = content.indexOf(`\0${key}=`, 0, "latin1");
    const start = at + key.length + 2;
    return at < 0 ? "" : content.toString("utf8", start, content.indexOf(0, start));
  };
  const depends = field("depends").split(",").filter(Boolean);
  return { name: field("name") || fallback, depends, vermagic: field("vermagic") };
}

/**
 * The modules of these names with what they need, in the order in which they must be loaded. A name of which the
 * kernel has no module is built into it, and left out.
 * Errors: GUEST_MODULES_MISSING (no such folder), GUEST_MODULE_UNREADABLE (xz cannot unpack one), PROGRAM_MISSING.
 */
export async function stockModules(
  folder: string,
  names: readonly string[],
): Promise<StockModule[]> {
  const files = await listModules(folder);
  const found = new Map<string, StockModule>();
  const add = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (!file || found.has(name)) return;
    const content = file.endsWith(".xz") ? await unpack(file) : await readFile(file);
    for (const other of moduleInfo(content, name).depends) await add(moduleName(other));
    found.set(name, { name, content });
  };
  for (const name of names) await add(name);
  return [...found.values()];
}

/** A module's name as the kernel spells it, of a file name or a name with hyphens. */
export function moduleName(file: string): string {
  return basename(file)
    .replace(/\.ko(\.\w+)?$/, "")
    .replaceAll("-", "_");
}

async function listModules(folder: string): Promise<Map<string, string>> {
  try {
    const names = await readdir(join(folder, "kernel"), { recursive: true });
    const modules = names.filter((name) => /\.ko(\.xz)?$/.test(name));
    return new Map(modules.map((name) => [moduleName(name), join(folder, "kernel", name)]));
  } catch (error) {
    throw new KnemError(
      {
        code: "GUEST_MODULES_MISSING",
        what: "the kernel's own modules cannot be listed",
        why: error instanceof Error ? error.message : String(error),
        remedy: "extract the kernel's linux-modules package there",
      },
      { cause: error },
    );
  }
}

function unpack(file: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("xz", ["--decompress", "--stdout", file], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const chunks: Buffer[] = [];
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    child.on("error", (error) =>
      reject(unreadable(file, error.message, "sudo apt-get install xz-utils")),
    );
    child.on("close", (status) =>
      status === 0
        ? resolve(Buffer.concat(chunks))
        : reject(unreadable(file, said.trim(), "extract the linux-modules package again")),
    );
  });
}

function unreadable(file: string, why: string, remedy: string): KnemError {
  return new KnemError({
    code: "GUEST_MODULE_UNREADABLE",
    what: `${file} cannot be unpacked`,
    why,
    remedy,
  });
}
