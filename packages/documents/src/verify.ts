// SPDX-License-Identifier: BSD-3-Clause
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Document, place } from "./document.js";
import { brokenLinks } from "./link.js";
import type { Block } from "./markdown.js";
import { proofOf, shown } from "./proof.js";
import { commandsOf } from "./shell.js";
import { regionOf } from "./snippet.js";
import { unknownWords, type Vocabulary } from "./vocabulary.js";

/** What the pages say that is not so, or that nobody proves; nothing if all is well. */
export function problems(
  checkout: string,
  documents: readonly Document[],
  vocabulary: Vocabulary,
): string[] {
  const blocks = documents.flatMap((document) =>
    document.blocks.flatMap((block) =>
      [...unproven(checkout, document.path, block), ...unknown(block, vocabulary)].map(
        (what) => `${place(document, block)}: ${what}`,
      ),
    ),
  );
  const inline = documents.flatMap(({ path, codes }) =>
    codes.flatMap((code) => unknownWords(code, vocabulary).map((what) => `${path}: ${what}`)),
  );
  return [...brokenLinks(checkout, documents), ...blocks, ...inline];
}

/** A page with its regions of programs as those are now. */
export function refreshed(checkout: string, { text, blocks }: Document): string {
  return blocks.reduce((page, { language, info, text: old }) => {
    const fresh = regionIn(checkout, info);
    const opening = `\`\`\`${language} ${info}\n`;
    const fence = (code: string) => `${opening}${code}${code === "" ? "" : "\n"}\`\`\``;
    return fresh === undefined ? page : page.replace(fence(old), () => fence(fresh));
  }, text);
}

function unproven(checkout: string, path: string, block: Block): string[] {
  const { language, info, text, chapter } = block;
  if (shown.has(language)) return [];
  if (isDocTest(checkout, path, language)) return [];
  if (language === "") return ["the block has no language; what is only shown is text"];
  const proof = proofOf(info);
  if (!proof) return ["the block does not say how it is proven"];
  if (proof.kind === "from" && regionIn(checkout, info) !== text)
    return [`the block is not region ${proof.region} of ${proof.file}: npm run documents`];
  if (proof.kind !== "proven") return [];
  const test = read(checkout, proof.test);
  if (test === undefined) return [`there is no ${proof.test}`];
  // A test may read the page instead of repeating it.
  if (language !== "sh" || test.includes(`Blocks("${chapter}")`)) return [];
  return commandsOf(text)
    .filter((command) => !runs(proof.test, test, command))
    .map((command) => `${proof.test} does not have the command: ${command}`);
}

/**
 * Whether a file has a command; a script also if it has all of its words, among others. Scripts name by PREFIX what is
 * an installation's usual folder on the pages.
 */
function runs(file: string, text: string, command: string): boolean {
  if (!file.endsWith(".sh")) return text.includes(command);
  const script = text.replaceAll('"$PREFIX"', "/opt/knem");
  return command.split(" ").every((word) => script.includes(word));
}

function unknown({ language, text }: Block, vocabulary: Vocabulary): string[] {
  if (language !== "sh") return [];
  return commandsOf(text).flatMap((line) => unknownWords(line, vocabulary));
}

function regionIn(checkout: string, info: string): string | undefined {
  const proof = proofOf(info);
  if (proof?.kind !== "from") return undefined;
  const program = read(checkout, proof.file);
  return program === undefined ? undefined : regionOf(program, proof.region);
}

function read(checkout: string, file: string): string | undefined {
  try {
    return readFileSync(join(checkout, file), "utf8");
  } catch {
    return undefined;
  }
}

/** cargo test compiles the Rust of a page that its crate includes, and runs it unless it says no_run. */
function isDocTest(checkout: string, path: string, language: string): boolean {
  if (!/^rust(,no_run)?$/.test(language)) return false;
  const library = read(checkout, join(dirname(path), "src/lib.rs"));
  return library?.includes(`include_str!("../${basename(path)}")`) ?? false;
}
