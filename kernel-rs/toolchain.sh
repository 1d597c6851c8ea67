# SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
# shellcheck shell=sh
#
# What a kernel was built with, and whether that is here. Read by metadata.sh and build.sh.

# shellcheck disable=SC2015 # What follows || never returns.

# fail STATUS WHAT WHY REMEDY: one line each, to stderr.
fail() {
    printf 'error: %s\n  why: %s\n  what to do: %s\n' "$2" "$3" "$4" >&2
    exit "$1"
}

# config HEADERS NAME: a value of the stock configuration, without quotes.
config() {
    sed -n "s/^CONFIG_$2=//p" "$1/.config" | tr -d '"'
}

# variable HEADERS NAME: a value that Debian's headers set for every build against them.
variable() {
    [ ! -e "$1/.kernelvariables" ] || sed -n "s/^override $2 = //p" "$1/.kernelvariables"
}

# compiler HEADERS: the C compiler that the kernel was built with, by name.
compiler() {
    text=$(config "$1" CC_VERSION_TEXT)
    echo "${CC:-${text%% *}}"
}

# number X.Y.Z SCALE: a version as Kconfig writes it, X * SCALE + Y * 100 + Z.
number() {
    echo "$1" | awk -F. -v scale="$2" '{ print $1 * scale + $2 * 100 + $3 }'
}

# rustc_number PROGRAM: its version as Kconfig writes it; 0 if it cannot be run.
rustc_number() {
    version=$("$1" --version 2>/dev/null | sed -n 's/^rustc \([0-9.]*\).*/\1/p')
    number "${version:-0.0.0}" 100000
}

# find_rustc HEADERS: sets RUSTC to the compiler that built the kernel, if it is here: the first on the path, the
# system's own (which a user's may hide), or one that bears its version in its name.
find_rustc() {
    [ -z "${RUSTC:-}" ] || return 0
    wanted=$(config "$1" RUSTC_VERSION)
    minor=$((${wanted:-0} / 100000)).$((${wanted:-0} % 100000 / 100))
    for RUSTC in rustc /usr/bin/rustc "rustc-$minor"; do
        [ "$(rustc_number "$RUSTC")" != "$wanted" ] || return 0
    done
    RUSTC=rustc
}

# check HEADERS: the metadata of one rustc is unreadable for another, and the versions of the others are part of the
# configuration.
check() {
    check_rust "$1"
    check_rustc "$1"
    check_gcc "$1"
    check_version "$1" bindgen "$(config "$1" BINDGEN_VERSION_TEXT)" "$(bindgen --version 2>/dev/null)"
    pahole=$(pahole --version 2>/dev/null)
    check_version "$1" pahole "$(config "$1" PAHOLE_VERSION)" "$(echo "$pahole" | tr -cd 0-9)"
}

check_rust() {
    [ "$(config "$1" RUST)" = y ] || fail 3 "the kernel of $1 has no Rust" \
        "CONFIG_RUST is not set in its configuration" "choose a kernel that is built with CONFIG_RUST=y"
}

check_rustc() {
    find_rustc "$1"
    [ "$(rustc_number "$RUSTC")" = "$(config "$1" RUSTC_VERSION)" ] || fail 4 \
        "the Rust compiler is not the one that the kernel was built with" \
        "here: $("$RUSTC" --version 2>/dev/null || echo "no rustc"); the kernel: $(config "$1" RUSTC_VERSION_TEXT)" \
        "install that very version of rustc (and rust-src) or name it in RUSTC"
}

check_gcc() {
    cc=$(compiler "$1")
    have=$("$cc" -dumpfullversion 2>/dev/null) || have=none
    [ "$have" != none ] && [ "$(number "$have" 10000)" = "$(config "$1" GCC_VERSION)" ] || fail 4 \
        "the C compiler is not the one that the kernel was built with" \
        "here: $cc $have; the kernel: $(config "$1" CC_VERSION_TEXT)" \
        "install that very version of gcc or name it in CC"
}

# check_version HEADERS PROGRAM WANTED HAVE: a program whose version the configuration names, if it does.
check_version() {
    [ "${3:-0}" = 0 ] || [ "$3" = "$4" ] || fail 4 "$2 is not the one that the kernel was built with" \
        "here: ${4:-none}; the kernel: $3" "install that very version of $2"
}
