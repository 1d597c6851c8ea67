// SPDX-License-Identifier: BSD-3-Clause
import { type Cache, type DebianSystem, makeDebian, type Progress, Sandbox } from "@knem/kernels";

/** What reads manual pages; a root of its own, so that a site needs no compiler. */
const READER: DebianSystem = { suite: "trixie", packages: ["mandoc"], lean: true };

/** Where manual pages lie inside. */
const PAGES = "/pages";

/** Turns manual pages into markdown. */
export class Manual {
  private constructor(
    private readonly sandbox: Sandbox,
    private readonly folder: string,
  ) {}

  /** The reader of a folder's pages. Errors: those of `debianRoot`. */
  static async open(cache: Cache, progress: Progress, folder: string): Promise<Manual> {
    return new Manual(
      await debianSandbox(cache, progress, "reader of manual pages", READER),
      folder,
    );
  }

  /** A page as markdown, its sections below a title. Errors: COMMAND_FAILED. */
  async markdown(file: string): Promise<string> {
    const argv = ["mandoc", "-T", "markdown", "-I", "os=Linux", `${PAGES}/${file}`];
    const binds = [{ from: this.folder, to: PAGES }];
    const { stdout } = await this.sandbox.must(`cannot read ${file}`, argv, { binds });
    return page(file, stdout);
  }
}

/** What mandoc gives, with a heading for the whole, its sections below, and its first and last line left out. */
export function page(file: string, markdown: string): string {
  const [name, section] = file.split(".");
  const body = markdown
    .replace(/^.*\n/, "")
    .replace(/\n[^\n]*\n*$/, "\n")
    .replace(/^(#+) (.*)$/gm, (_, marks, title) => `#${marks} ${sentence(title)}`);
  return `# ${name}(${section})\n${body}`;
}

/** A heading in capitals as others are written. */
const sentence = (title: string) =>
  title === title.toUpperCase() ? title.charAt(0) + title.slice(1).toLowerCase() : title;

/** Things are run in a Debian system of this month, made once. Errors: ARCHIVE_UNREACHABLE, DISK_FULL. */
export async function debianSandbox(
  cache: Cache,
  progress: Progress,
  title: string,
  system: DebianSystem,
): Promise<Sandbox> {
  const month = new Date().toISOString().slice(0, 7);
  const make = (folder: string) =>
    progress.step(`making the ${title}`, () =>
      makeDebian(system, `${folder}/tree`, `the ${title} could not be made`),
    );
  const entry = await cache.entry("root", { ...system, month }, make, { needs: 1.5e9 });
  const root = { key: entry.split("/").pop() ?? "", tree: `${entry}/tree`, suite: system.suite };
  return new Sandbox(root, cache);
}
