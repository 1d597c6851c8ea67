// SPDX-License-Identifier: BSD-3-Clause

/** Scripts that print what a line of each shell becomes, or is offered, when the tabulator key is pressed behind it. */
export const completed: Readonly<Record<"bash" | "zsh" | "fish", (line: string) => string>> = {
  // Its function is loaded by the name of the command, as for any other that comes with a package.
  bash: (line) => `bash -c '
    . /usr/share/bash-completion/bash_completion
    _comp_load knem 2>/dev/null || __load_completion knem
    COMP_WORDS=(${line.replace(/ $/, ' ""')}) COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    $(complete -p knem | sed "s/.*-F \\([^ ]*\\) .*/\\1/")
    printf "%s\\n" "\${COMPREPLY[@]}"'`,
  // The line editor wants a terminal. What it has made of the line becomes the words of an echo.
  zsh: (line) => `cat >/tmp/typed.zsh <<'END'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'bindkey -e; autoload -Uz compinit; compinit -u -D; print rea''dy'
zpty -r -m shell said '*ready*'
zpty -n -w shell $'${line}\\t\\C-aecho m""ade \\n'
zpty -r -m shell said $'*made knem*\\n*'
print -r -- "\${\${said##*made }%%[[:space:]]##}"
END
timeout 60 zsh -o extendedglob /tmp/typed.zsh`,
  fish: (line) => `fish -c 'complete --do-complete "${line}"' | cut -f 1`,
};
