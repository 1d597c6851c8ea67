// SPDX-License-Identifier: BSD-3-Clause

/** A function of the kernel or of a module. */
export interface Routine {
  readonly name: string;
  /** Its first instruction, as a hexadecimal number of 16 digits. */
  readonly start: string;
  /** The module that it belongs to; absent for the kernel itself. */
  readonly module?: string;
}

/** What lies where in a running kernel. */
export class Symbols {
  private readonly known = new Map<string, Routine | undefined>();

  private constructor(private readonly sorted: readonly Routine[]) {}

  /** From what /proc/kallsyms says; `rename` makes names readable. */
  static parse(kallsyms: string, rename: (name: string) => string = (name) => name): Symbols {
    const symbols = new Map<string, Routine>();
    for (const line of kallsyms.split("\n")) {
      const [, start, name, module] =
        /^([0-9a-f]{16}) [tTwW] (\S+)(?:\t\[(\S+)\])?/.exec(line) ?? [];
      // Of several names for one place the first is as good as any; labels of the assembler are none.
      if (!start || !name || name.startsWith(".L") || symbols.has(start)) continue;
      symbols.set(start, { name: rename(name), start, ...(module && { module }) });
    }
    const order = (a: Routine, b: Routine) => (a.start < b.start ? -1 : 1);
    return new Symbols([...symbols.values()].sort(order));
  }

  /** The function that an address lies in; none for user space's. */
  at(address: string): Routine | undefined {
    if (!this.known.has(address)) this.known.set(address, this.find(address));
    return this.known.get(address);
  }

  private find(address: string): Routine | undefined {
    if (!/^[89a-f]/.test(address)) return undefined;
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.sorted[middle]?.start ?? "") <= address) low = middle + 1;
      else high = middle;
    }
    return this.sorted[low - 1];
  }
}
