// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { KnemError, systemCode } from "./errors.js";

/** One place to fetch packages from, as an apt sources file tells it. */
export interface Source {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
}

/**
 * The mirror of the Debian archive that the machine itself uses (never one of ours), or KNEM_MIRROR.
 * Errors: NO_MIRROR.
 */
export async function hostMirror(folder = "/etc/apt", env = process.env): Promise<string> {
  if (env["KNEM_MIRROR"]) return env["KNEM_MIRROR"];
  const sources = (await sourceFiles(folder)).flatMap(({ name, text }) => parseSources(name, text));
  const mirror = debianMirror(sources);
  if (mirror) return mirror;
  throw new KnemError({
    code: "NO_MIRROR",
    what: "this machine's apt names no mirror of the Debian archive",
    why: `no file of ${folder} has an entry with the component main that is not for security alone`,
    remedy: "set KNEM_MIRROR to the URI of a Debian mirror",
  });
}

/** The first mirror that carries Debian proper: a path that ends in debian is preferred, security is passed over. */
export function debianMirror(sources: readonly Source[]): string | undefined {
  const candidates = sources.filter(
    ({ uri, suites, components }) =>
      components.includes("main") &&
      !/security/.test(uri) &&
      !suites.every((suite) => /security/.test(suite)),
  );
  const named = candidates.find(({ uri }) => /\/debian\/?$|debian[^/]*\.list$/.test(uri));
  return (named ?? candidates[0])?.uri.replace(/\/$/, "");
}

/** Both forms of apt sources (sources.list(5)): one-line and deb822 (`*.sources`); entries that are off are left out. */
export function parseSources(name: string, text: string): Source[] {
  return name.endsWith(".sources") ? parseStanzas(text) : parseLines(text);
}

function parseLines(text: string): Source[] {
  return text.split("\n").flatMap((line) => {
    const parts = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!parts?.[1] || !parts[2]) return [];
    return [{ uri: parts[1], suites: [parts[2]], components: words(parts[3]) }];
  });
}

function parseStanzas(text: string): Source[] {
  return text.split(/\n\s*\n/).flatMap((stanza) => {
    const field = (key: string) =>
      words(new RegExp(`^${key}:((?:.*)(?:\\n[ \\t]+.*)*)`, "im").exec(stanza)?.[1]);
    if (!field("Types").includes("deb") || field("Enabled")[0] === "no") return [];
    const rest = { suites: field("Suites"), components: field("Components") };
    return field("URIs").map((uri) => ({ uri, ...rest }));
  });
}

const words = (text = ""): string[] => text.split(/\s+/).filter(Boolean);

async function sourceFiles(folder: string): Promise<{ name: string; text: string }[]> {
  const parts = await readdir(join(folder, "sources.list.d")).catch(() => []);
  const names = parts.filter((name) => /\.(list|sources)$/.test(name)).sort();
  const paths = ["sources.list", ...names.map((name) => join("sources.list.d", name))];
  const read = paths.map(async (name) => ({ name, text: await textOf(join(folder, name)) }));
  return Promise.all(read);
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "";
    throw error;
  }
}
