// SPDX-License-Identifier: BSD-3-Clause
import { lexer, type Token, type Tokens, walkTokens } from "marked";

/** A fenced block. */
export interface Block {
  /** The first word of its info string, empty if there is none: `sh`. */
  readonly language: string;
  /** What follows that. */
  readonly info: string;
  readonly text: string;
  /** Of its fence, from 1. */
  readonly line: number;
  /** The heading of the second level that it is below, empty if there is none. */
  readonly chapter: string;
}

/** What a page says, as far as it can be held against something. */
export interface Page {
  readonly blocks: readonly Block[];
  /** Targets of links and images: `interface.md#opening`. */
  readonly links: readonly string[];
  /** Names of its headings as links give them: `opening`. */
  readonly anchors: readonly string[];
  /** What is set as code within the text, each as often as it is there. */
  readonly codes: readonly string[];
}

/** Reads the text of a page. */
export function readPage(text: string): Page {
  const tokens: Token[] = [];
  walkTokens(lexer(text), (token) => void tokens.push(token));
  const of = <T extends Token>(type: T["type"]) =>
    tokens.filter((token): token is T => token.type === type);
  return {
    blocks: fenced(text, of<Tokens.Code>("code")),
    links: [...of<Tokens.Link>("link"), ...of<Tokens.Image>("image")].map(({ href }) => href),
    anchors: anchors(of<Tokens.Heading>("heading").map(({ text }) => text)),
    codes: of<Tokens.Codespan>("codespan").map(({ text }) => text),
  };
}

/** Blocks that are only indented have no info string, and are none of these. */
function fenced(text: string, codes: readonly Tokens.Code[]): Block[] {
  let from = 0;
  return codes
    .filter(({ codeBlockStyle }) => codeBlockStyle !== "indented")
    .map(({ raw, lang = "", text: code }) => {
      const [opening = ""] = raw.split("\n", 1);
      const at = text.indexOf(opening, from);
      from = at + raw.trimEnd().length;
      const [language = "", ...info] = lang.split(" ");
      const lines = text.slice(0, at).split("\n");
      const heading = lines.findLast((line) => line.startsWith("## ")) ?? "";
      const where = { line: lines.length, chapter: heading.replace("## ", "") };
      return { language, info: info.join(" "), text: code, ...where };
    });
}

/** The anchor of a heading, as GitHub makes it: small letters, no punctuation. */
export function anchorOf(heading: string): string {
  const words = heading.trim().toLowerCase();
  return words.replaceAll(/[^\p{L}\p{N}_ -]/gu, "").replaceAll(" ", "-");
}

/** The same of all headings of a page, with a number if there are several alike. */
function anchors(headings: readonly string[]): string[] {
  const slugs = headings.map(anchorOf);
  return slugs.map((slug, index) => {
    const before = slugs.slice(0, index).filter((other) => other === slug).length;
    return before === 0 ? slug : `${slug}-${before}`;
  });
}
