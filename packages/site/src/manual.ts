// SPDX-License-Identifier: BSD-3-Clause
import type { Sandbox, Toolchain, Workshop } from "@knem/kernels";

/** What reads manual pages; a root of its own, so that a site needs no compiler. */
const READER: Toolchain = { suite: "trixie", packages: ["mandoc"] };

/** Where manual pages lie inside. */
const PAGES = "/pages";

/** Turns manual pages into markdown. */
export class Manual {
  private constructor(
    private readonly sandbox: Sandbox,
    private readonly folder: string,
  ) {}

  /** The reader of a folder's pages. Errors: those of `toolchainRoot`. */
  static async open(workshop: Workshop, folder: string): Promise<Manual> {
    return new Manual(await workshop.sandbox(READER), folder);
  }

  /** A page as markdown that holds HTML. Errors: COMMAND_FAILED. */
  async markdown(file: string): Promise<string> {
    const argv = ["mandoc", "-T", "html", "-O", "fragment", "-I", "os=Linux", `${PAGES}/${file}`];
    const binds = [{ from: this.folder, to: PAGES }];
    const { stdout } = await this.sandbox.must(`cannot read ${file}`, argv, { binds });
    return manualPage(file, stdout);
  }
}

/** What mandoc gives, below a heading and without its first and last table. */
export function manualPage(file: string, html: string): string {
  const body = html
    .replace(/<(table|div) class="(head|foot)".*?<\/\1>/gs, "")
    .replace(/<(\/?)h2/g, "<$1h3")
    .replace(/<(\/?)h1/g, "<$1h2")
    .replace(/>([A-Z][A-Z\s]+)<\/a><\/h2>/g, (_, title) => `>${sentence(title)}</a></h2>`)
    // An empty line would end the HTML for markdown.
    .replace(/\n(?=\n)/g, "\n&#8203;")
    .trim();
  return `# ${nameOf(file)}\n\n<div class="manual" v-pre>\n${body}\n</div>\n`;
}

/** A manual page's name as others cite it: `knem(4)`. */
const nameOf = (file: string) => file.replace(/\.(\d)$/, "($1)");

/** A heading in capitals as others are written. */
const sentence = (title: string) => title.charAt(0) + title.slice(1).toLowerCase();
