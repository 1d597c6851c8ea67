// SPDX-License-Identifier: BSD-3-Clause
import type { Option, Shell, Word } from "./vocabulary.js";

/** What a shell reads to complete the command. */
export const scripts: Readonly<Record<Shell, (all: readonly Word[]) => string>> = {
  bash,
  zsh,
  fish,
};

function bash(all: readonly Word[]): string {
  const options = all.flatMap((word) => word.options);
  const taking = (value: Option["value"]) =>
    [...new Set(options.filter((one) => one.value === value).map(({ name }) => `--${name}`))].join(
      "|",
    );
  const cases = all.map(({ name, options, words }) => {
    const known = [...words, ...options.map((one) => `--${one.name}`)];
    return `        ${name}) words="${known.join(" ")}" ;;`;
  });
  return `# knem completion for bash: source <(knem completion bash)
_knem() {
    local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} words=""
    if ((COMP_CWORD == 1)); then
        mapfile -t COMPREPLY < <(compgen -W "${all.map(({ name }) => name).join(" ")} --help --version" -- "$current")
        return
    fi
    case $before in
        ${taking("file")}) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        ${taking("other")}) COMPREPLY=(); return ;;
    esac
    case \${COMP_WORDS[1]} in
${cases.join("\n")}
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -o filenames -F _knem knem`;
}

function zsh(all: readonly Word[]): string {
  const names = all.map(
    ({ name, description }) => `    ${quoted(`${name}:${colons(description)}`)}`,
  );
  const value = { none: "", file: ":file:_files", other: ":value: " } as const;
  const cases = all.map(({ name, options, words }) => {
    const specs = options.map((one) =>
      quoted(`--${one.name}[${brackets(one.description)}]${value[one.value]}`),
    );
    const rest = words.length > 0 ? [quoted(`1:word:(${words.join(" ")})`)] : [];
    return `    ${name}) _arguments ${[...specs, ...rest].join(" ")} ;;`;
  });
  return `#compdef knem
# knem completion for zsh: source <(knem completion zsh)
_knem() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join("\n")}
  esac
}
# As a file of fpath this is the function's own body, when it is called for the first time.
if [[ $funcstack[1] == _knem ]]; then _knem "$@"; else compdef _knem knem; fi`;
}

function fish(all: readonly Word[]): string {
  const lines = all.flatMap(({ name, description, options, words }) => {
    const within = `complete -c knem -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
    const value = { none: "", file: " -r -F", other: " -x" } as const;
    return [
      `complete -c knem -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
      ...(words.length > 0 ? [`${within} -a ${quoted(words.join(" "))}`] : []),
      ...options.map(
        (one) => `${within} -l ${one.name}${value[one.value]} -d ${quoted(one.description)}`,
      ),
    ];
  });
  return ["# knem completion for fish: knem completion fish | source", "complete -c knem -f"]
    .concat(lines)
    .join("\n");
}

/** One word of a shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const colons = (text: string): string => text.replaceAll(":", "\\:");
const brackets = (text: string): string => text.replaceAll(/[[\]:]/g, "\\$&");
