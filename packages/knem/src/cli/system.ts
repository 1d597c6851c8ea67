// SPDX-License-Identifier: BSD-3-Clause
import {
  accessSync,
  closeSync,
  constants,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";

/** The files of a machine, from its top: this one's, or those of a folder that looks like one. */
export class System {
  constructor(readonly root = "/") {}

  /** A path of the machine as this process reaches it. */
  at(path: string): string {
    return join(this.root, path);
  }

  /** What a file holds, or undefined where it is not there or may not be read. */
  text(path: string): string | undefined {
    return attempt(() => readFileSync(this.at(path), "utf8"));
  }

  /** The same as bytes. */
  bytes(path: string): Buffer | undefined {
    return attempt(() => readFileSync(this.at(path)));
  }

  /** The last bytes of a file, at most so many. */
  tail(path: string, length: number): Buffer | undefined {
    return attempt(() => {
      const file = openSync(this.at(path), "r");
      try {
        const from = Math.max(0, statSync(this.at(path)).size - length);
        const buffer = Buffer.alloc(length);
        return buffer.subarray(0, readSync(file, buffer, 0, length, from));
      } finally {
        closeSync(file);
      }
    });
  }

  /** The names in a folder, sorted; none where there is no folder. */
  names(path: string): string[] {
    return attempt(() => readdirSync(this.at(path)).sort()) ?? [];
  }

  stat(path: string): Stats | undefined {
    return attempt(() => statSync(this.at(path)));
  }

  exists(path: string): boolean {
    return this.stat(path) !== undefined;
  }

  /** Where a symbolic link points to. */
  link(path: string): string | undefined {
    return attempt(() => readlinkSync(this.at(path)));
  }

  /** The file behind symbolic links, to tell whether two names mean the same. */
  real(path: string): string | undefined {
    return attempt(() => realpathSync(this.at(path)));
  }

  /** Whether this process may read and write a file. */
  open(path: string): boolean {
    return (
      attempt(() => {
        accessSync(this.at(path), constants.R_OK | constants.W_OK);
        return true;
      }) ?? false
    );
  }
}

/** What is not there or not for this user is no error here, but an answer. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
