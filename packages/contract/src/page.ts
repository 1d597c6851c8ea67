// SPDX-License-Identifier: BSD-3-Clause
import type { Proof } from "./proof.js";
import type { Contract, Rule } from "./rule.js";

const head = `<!-- Made from crates/knem-check/contract.toml and the tests by \`pnpm contract\`; not to be edited. -->

# The contract, rule by rule

What programs written for KNEM's ABI 0xd rely on, which errors they meet, which hazards of the original are not here,
what lies beyond ABI 0xd, and for each rule the tests that prove it.
`;

/** docs/contract.md. */
export function page({ sections, rules }: Contract, proofs: readonly Proof[]): string {
  const chapters = [...sections].map(([number, title]) => {
    const rows = rules.filter(({ section }) => section === number).map((rule) => row(rule, proofs));
    const table = ["| rule | kind | what holds | proven by |", "|---|---|---|---|", ...rows];
    return `\n## ${/^\d/.test(number) ? `${number} ` : ""}${title}\n\n${table.join("\n")}\n`;
  });
  return head + chapters.join("");
}

function row({ id, kind, text, unreachable }: Rule, proofs: readonly Proof[]): string {
  const files = proofs.filter((proof) => proof.id === id).map(({ file }) => link(file));
  const proof = unreachable ? `nothing: ${unreachable}` : files.join(", ");
  const cells = [`\`${id}\``, kind, text, proof].map((cell) => cell.replaceAll("|", "\\|"));
  return `| ${cells.join(" | ")} |`;
}

const link = (file: string): string => `[${file.split("/").at(-1) ?? file}](../${file})`;
