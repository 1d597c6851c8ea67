// SPDX-License-Identifier: BSD-3-Clause

/** As much of JSON Schema as the command's schemas use. */
export interface Schema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** A schema as a page: its description, and a table of what each object has. `file` is beside the page. */
export function schemaPage(schema: Schema, file: string): string {
  const defined = Object.entries(schema.$defs ?? {}).map(
    ([name, one]) => `## ${name}\n\n${described(one)}\n\n${rows(one)}`,
  );
  const parts = [
    `# ${schema.title ?? file}`,
    described(schema),
    `<a href="./${file}" download>The schema for programs</a>`,
    rows(schema),
    ...defined,
  ];
  return parts
    .filter((part) => part !== "")
    .join("\n\n")
    .concat("\n");
}

const described = ({ description = "" }: Schema) => description;

/** The table of a schema's fields, and of those inside them; none for what has no fields. */
function rows(schema: Schema): string {
  const lines = fields(schema, "");
  if (lines.length === 0) return "";
  return ["| field | type | what it is |", "| --- | --- | --- |", ...lines].join("\n");
}

function fields(schema: Schema, path: string): string[] {
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const here = path === "" ? name : `${path}.${name}`;
    const optional = schema.required?.includes(name) ? "" : ", may be missing";
    const line = `| \`${here}\` | ${typeOf(field)}${optional} | ${cell(field.description)} |`;
    return [line, ...fields(field, here)];
  });
  const patterned = Object.values(schema.patternProperties ?? {});
  const others =
    typeof schema.additionalProperties === "object" ? [schema.additionalProperties] : [];
  const each = [...patterned, ...others].flatMap((field) => {
    const here = path === "" ? "*" : `${path}.*`;
    return [
      `| \`${here}\` | ${typeOf(field)} | ${cell(field.description)} |`,
      ...fields(field, here),
    ];
  });
  const items = schema.items ? fields(schema.items, `${path}[]`) : [];
  const choices = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  return [...below, ...each, ...items, ...choices.flatMap((one) => fields(one, path))];
}

function typeOf(schema: Schema): string {
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop() ?? "";
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(", ");
  const choices = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
  if (choices.length > 0) return [...new Set(choices.map(typeOf))].join(" or ");
  const types = [schema.type ?? "anything"].flat();
  const named = types.map((type) =>
    type === "array" && schema.items ? `array of ${typeOf(schema.items)}` : type,
  );
  return named.join(" or ");
}

const code = (value: unknown) => `\`${JSON.stringify(value).replaceAll("|", "\\|")}\``;

const cell = (text = "") => text.replaceAll("|", "\\|").replaceAll("\n", " ");
