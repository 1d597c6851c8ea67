// SPDX-License-Identifier: BSD-3-Clause
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** One entry of an archive, owned by root. `path` is relative, without a leading slash. */
export type CpioEntry =
  | { readonly path: string; readonly type: "folder"; readonly mode: number }
  | { readonly path: string; readonly type: "link"; readonly target: string }
  | {
      readonly path: string;
      readonly type: "file";
      readonly mode: number;
      readonly content: Uint8Array;
    }
  | {
      readonly path: string;
      readonly type: "file";
      readonly mode: number;
      readonly from: string;
      /** Bytes; the file must hold exactly that many. */
      readonly size: number;
    };

const types = { folder: 0o040000, link: 0o120000, file: 0o100000 } as const;

/**
 * Writes a "newc" archive (Documentation/driver-api/early-userspace/buffer-format.rst), which the kernel unpacks as
 * its first file system: without times and owners, so the same entries give the same bytes.
 * Errors: those of reading and writing; a file that changes while it is read.
 */
export async function writeCpio(file: string, entries: readonly CpioEntry[]): Promise<void> {
  const out = await open(file, "wx", 0o600);
  try {
    let inode = 1;
    for (const entry of entries) await writeEntry(out, entry, inode++);
    await out.writeFile(header("TRAILER!!!", 0, 0, 0));
  } finally {
    await out.close();
  }
}

async function writeEntry(out: FileHandle, entry: CpioEntry, inode: number): Promise<void> {
  const mode = types[entry.type] | (entry.type === "link" ? 0o777 : entry.mode);
  if (entry.type === "file" && "from" in entry) {
    await out.writeFile(header(entry.path, inode, mode, entry.size));
    await copy(out, entry.from, entry.size);
    return out.writeFile(padding(entry.size));
  }
  const content = contentOf(entry);
  await out.writeFile(Buffer.concat([header(entry.path, inode, mode, content.length), content]));
  await out.writeFile(padding(content.length));
}

function contentOf(entry: Exclude<CpioEntry, { from: string }>): Uint8Array {
  if (entry.type === "file") return entry.content;
  return entry.type === "link" ? Buffer.from(entry.target) : new Uint8Array();
}

/** 110 characters of hexadecimal fields and the name, padded to a multiple of four. */
function header(path: string, inode: number, mode: number, size: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name.length, 0];
  const text = `070701${fields.map((n) => n.toString(16).padStart(8, "0")).join("")}`;
  return Buffer.concat([Buffer.from(text), name, padding(text.length + name.length)]);
}

async function copy(out: FileHandle, from: string, size: number): Promise<void> {
  let copied = 0;
  for await (const chunk of createReadStream(from, { highWaterMark: 1 << 20 })) {
    copied += chunk.length;
    await out.writeFile(chunk);
  }
  if (copied !== size)
    throw new Error(`${from} changed while it was read: ${size} bytes, then ${copied}`);
}

const padding = (length: number) => Buffer.alloc((4 - (length % 4)) % 4);
