// SPDX-License-Identifier: BSD-3-Clause

/** A field of a structure of knem_io.h. */
export interface Field {
  readonly struct: string;
  readonly name: string;
  readonly type: string;
  /** Bytes from the start: no structure has padding that is not a field of its own. */
  readonly offset: number;
}

/** Bytes of the types that fields have. */
const sizes: Readonly<Record<string, number>> = {
  uint32_t: 4,
  uint64_t: 8,
  knem_flags: 4,
  knem_bind_flags: 4,
  knem_cookie_t: 8,
};

/** All constants that the header defines for programs, and its types. */
export function namesOf(header: string): string[] {
  const macros = [...header.matchAll(/^#define (KNEM_\w+)/gm)].map(([, name = ""]) => name);
  const values = [...header.matchAll(/^\t(KNEM_STATUS_\w+) =/gm)].map(([, name = ""]) => name);
  return [...macros, ...values].filter((name) => name !== "KNEM_IO_H");
}

/** The fields of all structures, in the header's order. */
export function fieldsOf(header: string): Field[] {
  const constant = (text: string) =>
    Number(new RegExp(`^#define ${text} (\\d+)`, "m").exec(header)?.[1] ?? text);
  const structs = [...header.matchAll(/^struct (\w+) \{\n([\s\S]*?)^\};/gm)];
  return structs.flatMap(([, struct = "", body = ""]) => {
    let end = 0;
    return [...body.matchAll(/^\t(\w+) (\w+)(?:\[(\w+)\])?;/gm)].map(
      ([, type = "", name = "", count]) => {
        const offset = end;
        end += (sizes[type] ?? Number.NaN) * (count === undefined ? 1 : constant(count));
        return { struct, name, type, offset };
      },
    );
  });
}
