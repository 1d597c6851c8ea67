// SPDX-License-Identifier: BSD-3-Clause
import { fileURLToPath } from "node:url";

/** A file of what QEMU and a guest's kernel wrote while a GET_INFO was recorded; rdtsc stands at both marks. */
export const recorded = (name: "get-info.trace" | "get-info.kallsyms") =>
  fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

export const marks = { begin: "000055fa4767b538", end: "000055fa4767b53c" } as const;

/** The line that QEMU writes for an instruction. */
export const line = (address: string) =>
  `Trace 0: 0x7f91647b6d00 [0000000000000000/${address}/18c0c2b3/ff020201] `;

/** An address in the kernel: the functions of `kernel` begin at multiples of 0x100. */
export const place = (routine: number, offset = 0) =>
  `ffffffff81${(routine * 0x100 + offset).toString(16).padStart(6, "0")}`;

/** What /proc/kallsyms says of functions that lie behind one another; `module:name` is one of that module. */
export const kernel = (...names: readonly string[]) =>
  names
    .map((name, index) => {
      const [first = "", second] = name.split(":");
      return `${place(index)} t ${second ?? first}${second ? `\t[${first}]` : ""}\n`;
    })
    .join("");
