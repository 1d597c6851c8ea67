// SPDX-License-Identifier: BSD-3-Clause
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkout, installSteps, PREFIX, uninstallSteps, versionOf } from "../src/index.js";
import { guideBlocks } from "./guide.js";

const read = (...path: string[]) => readFile(join(checkout, ...path), "utf8");
const own = (...path: string[]) => read("packages/packaging/source", ...path);
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((one) => one[1]);

/** The parameters that the module declares, each with its default and whether it may be changed later. */
async function parameters() {
  const source = await read("kernel-rs/host/params.c");
  const fixed = { PAGE_SIZE: "4096", KNEM_DEBUG: "0" };
  const call = /^KNEM_PARAM(_LIVE|_OF)?\(([^"]*),\s*"/gm;
  return [...source.matchAll(call)].map(([, kind, text = ""]) => {
    const words = text.split(",").map((word) => word.trim());
    const [mode, name = "", value = ""] =
      kind === "_OF" ? words.slice(2) : [kind === "_LIVE" ? "0644" : "0444", ...words];
    const known = Object.entries(fixed).find(([constant]) => constant === value);
    return { name, value: known?.[1] ?? value, live: mode === "0644" };
  });
}

describe("the parameters", () => {
  it("are all found in the source", async () => {
    const names = (await parameters()).map(({ name }) => name);
    expect(names).toHaveLength(
      (await read("kernel-rs/host/params.c")).match(/^KNEM_PARAM/gm)?.length ?? 0,
    );
    expect(names).toEqual(expect.arrayContaining(["thread", "binding", "statslen", "debug"]));
  });

  it("have an example each, with the default, that does nothing as it is", async () => {
    const lines = (await own("system/modprobe.conf")).split("\n");
    const examples = lines.flatMap((line) => /^#options knem (\S+)$/.exec(line)?.[1] ?? []);
    const declared = (await parameters()).map(({ name, value }) => `${name}=${value}`);
    expect(examples.sort()).toEqual(declared.sort());
    expect(lines.filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
  });

  it("are in knem(4), with the default, among those that can be changed later or not", async () => {
    const page = await own("man/knem.4");
    const [, chapter = ""] = /\.Ss Parameters\n([\s\S]*?)\n\.S[sh] /.exec(page) ?? [];
    const [early = "", late = ""] = chapter.split("These may also be changed later");
    const items = (text: string) =>
      [...text.matchAll(/^\.It Cm (\S+) No \((.*)\)$/gm)].map(
        ([, name, value]) => `${name}=${value}`,
      );
    const expected = (wanted: boolean) =>
      parameters().then((all) =>
        all
          .filter(({ live }) => live === wanted)
          .map(({ name, value }) => `${name}=${name === "statslen" ? "a page" : value}`)
          .sort(),
      );
    expect(items(early).sort()).toEqual(await expected(false));
    expect(items(late).sort()).toEqual(await expected(true));
  });
});

describe("the guide", () => {
  it("unpacks the tarball of this version", async () => {
    const [unpack, enter] = (await guideBlocks("Without packages"))[0]?.split("\n") ?? [];
    const name = `knem-${await versionOf(checkout)}`;
    expect([unpack, enter]).toEqual([`tar -xf ${name}.tar.gz`, `cd ${name}`]);
  });
});

describe("knem install", () => {
  it("does what the guide tells, which is tried in a system", async () => {
    const blocks = (await guideBlocks("Without packages")).join("\n").split("\n");
    const told = blocks.filter((line) => !/^(tar|cd) /.test(line));
    const lines = [...installSteps(PREFIX), ...uninstallSteps(PREFIX)];
    expect(lines.map(({ argv }) => argv.join(" "))).toEqual(told);
  });
});

describe("knem(4)", () => {
  it("names every request of knem_io.h, and no other", async () => {
    const header = await read("include/knem_io.h");
    const declared = matches(header, /^#define (KNEM_CMD_(?!MAGIC)\w+)/gm);
    const page = await own("man/knem.4");
    expect([...new Set(matches(page, /(KNEM_CMD_\w+)/g))].sort()).toEqual(declared.sort());
  });

  it("names every flag, feature and status of knem_io.h, and no other", async () => {
    const kind = "KNEM_(?:FLAG|BIND_FLAG|FEATURE|STATUS)_";
    const header = await read("include/knem_io.h");
    const bits = matches(header, new RegExp(`^#define (${kind}\\w+) \\(1 <<`, "gm"));
    const statuses = matches(header, /^\t(KNEM_STATUS_\w+) = \d/gm);
    const others = ["KNEM_STATUS_ARRAY_FILE_OFFSET"];
    const page = await own("man/knem.4");
    const named = new Set(matches(page, new RegExp(`(${kind}\\w+)`, "g")));
    expect(bits.length).toBeGreaterThan(10);
    expect([...named].sort()).toEqual([...bits, ...statuses, ...others].sort());
  });

  it("explains every line of the statistics, in their order", async () => {
    const abi = await read("kernel-rs/abi.rs");
    const labels = matches(abi, /=> "(Requests [\w/]+)"/g);
    expect(labels).toHaveLength(12);
    expect(matches(await own("man/knem.4"), /^\.It Li "(.*)"$/gm)).toEqual(labels);
  });
});

describe("knem(1)", () => {
  it("has every command with its options, and no other", async () => {
    const folder = "packages/knem/src/cli";
    const files = (await readdir(join(checkout, folder, "commands"))).sort();
    const page = await own("man/knem.1");
    const names = files.map((file) => file.replace(/\.ts$/, ""));
    expect([...new Set(matches(page, /^\.Nm\n\.Cm (\w+)$/gm))].sort()).toEqual(names);
    const sources = [`${folder}/options.ts`, ...files.map((file) => `${folder}/commands/${file}`)];
    const option = /^ +"?([\w-]+)"?: \{\s+type: "(?:boolean|string)"/gm;
    const texts = await Promise.all(sources.map((file) => read(file)));
    const declared = new Set(texts.flatMap((text) => matches(text, option)));
    const described = new Set(matches(page, /Fl Fl ([\w-]+)/g));
    expect([...described].sort()).toEqual([...declared, "help", "version"].sort());
  });

  it("has the exit statuses of the command", async () => {
    const page = await own("man/knem.1");
    const [, help = ""] =
      /exitHelp = `EXIT STATUS\n([\s\S]*?)`/.exec(await read("packages/knem/src/cli/exit.ts")) ??
      [];
    const statuses = help.split("\n").map((line) => line.trim().replace(/ +/, " "));
    expect(statuses.length).toBeGreaterThan(5);
    const [, told = ""] = /\.Sh EXIT STATUS\n[^\n]*\n([\s\S]*?)\.El/.exec(page) ?? [];
    expect(
      told
        .trim()
        .replaceAll(/^\.It (\d)\n/gm, "$1 ")
        .split("\n"),
    ).toEqual(statuses);
  });
});

describe("the manual page of a script", () => {
  it.each(["knem_local_install", "knem_load"])("has the options that %s tells of", async (name) => {
    const script = await own(name === "knem_load" ? name : `${name}.in`);
    const [, help = ""] = /help\(\) \{\n {4}cat <<END\n([\s\S]*?)\nEND\n/.exec(script) ?? [];
    const page = await own("man", `${name}.8`);
    const options = new Set(matches(help, /(?<![\w-])--([a-z]+)/g));
    expect(options.size).toBeGreaterThan(0);
    const described = new Set(matches(page, /Fl Fl ([\w-]+)/g));
    expect([...described].sort()).toEqual([...new Set([...options, "help"])].sort());
    for (const variable of matches(help, /(?:^ {2}|, )([A-Z][A-Z_]{5,})\b/gm)) {
      expect(page).toContain(variable);
    }
  });
});
