#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds a kernel of our own configuration out of a distribution's source.
#
#   build.sh unpack TARBALL TREE                 the parts of linux-source-X.Y.tar.xz that it takes, into TREE
#   build.sh make TREE BASE FRAGMENT TARGETS VARIABLE...
#                                                TREE becomes what modules are built against, with the kernel in it
#
# BASE is the kernel's own configuration to begin with (tinyconfig); FRAGMENT's lines come on top, and all of them must
# hold; TARGETS, in one word, and VARIABLES (LLVM=1) are for the kernel's make.
#
# Exit status: 0 done, 2 wrong arguments, 3 the configuration does not hold, 4 the kernel's make failed.

set -u
export LC_ALL=C

# fail STATUS WHAT WHY REMEDY: one line each, to stderr.
fail() {
    printf 'error: %s\n  why: %s\n  what to do: %s\n' "$2" "$3" "$4" >&2
    exit "$1"
}

# unpack TARBALL TREE: documents, tests, device trees and drivers of devices that it cannot have stay out.
unpack() {
    top=$(basename "$1" | sed 's/\.tar.*//')
    mkdir -p "$2" && tar -C "$2" --strip-components=1 --anchored \
        --exclude="$top/Documentation/*/*" --exclude="$top/arch/*/boot/dts/*" --exclude="$top/tools/testing/*" \
        --exclude="$top/drivers/gpu/*.[ch]" --exclude="$top/drivers/media/*.[ch]" --exclude="$top/drivers/net/ethernet/*.[ch]" \
        --exclude="$top/drivers/net/wireless/*.[ch]" --exclude="$top/sound/*.c" -xf "$1" ||
        fail 4 "the kernel's source could not be unpacked into $2" "tar failed, see above" \
            "check that the disk has 4 GB free and that $1 is whole"
}

# kernel_make WORD...: the kernel's own make in $tree; its words go to make.log there.
kernel_make() {
    make -s -C "$tree" -j"$(nproc)" "$@" >>"$tree/make.log" 2>&1 </dev/null && return
    tail -n 20 "$tree/make.log" >&2
    fail 4 "the kernel's make $* failed" "its last words are these:" "mend what they name"
}

# configure BASE FRAGMENT VARIABLE...: what is asked for must survive; what does not betrays a tool that is missing.
configure() {
    base=$1 fragment=$2
    shift 2
    kernel_make "$@" "$base"
    cat "$fragment" >>"$tree/.config"
    kernel_make "$@" olddefconfig
    lost=$(lost_lines "$fragment" | tr '\n' ';')
    [ -z "$lost" ] || fail 3 "the kernel's configuration does not hold" "$lost was asked for, and is not so" \
        "see what it depends on in the kernel's Kconfig files, and what selects it"
}

# lost_lines FRAGMENT: the lines that the configuration does not have. A setting that is not there is off.
lost_lines() {
    grep -E '^(# )?CONFIG_' "$1" | while read -r line; do
        case $line in
        \#*) name=${line#"# "} && ! grep -q "^${name%% *}=" "$tree/.config" ;;
        *) grep -qxF "$line" "$tree/.config" ;;
        esac || echo "$line"
    done
}

# prune: modules are built against headers, scripts, Rust metadata and the list of symbols.
prune() {
    find "$tree" -depth -type f \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) -delete
    rm -f "$tree/vmlinux" "$tree/vmlinux.unstripped" # The bootable one stays.
    find "$tree"/[a-hj-qt-z]* "$tree"/sound "$tree"/security "$tree"/samples -name '*.c' -delete
}

case ${1-} in
unpack) unpack "$2" "$3" ;;
make)
    tree=$2 base=$3 fragment=$4 targets=$5
    shift 5
    configure "$base" "$fragment" "$@"
    # shellcheck disable=SC2086 # The targets are wanted apart.
    kernel_make "$@" $targets
    prune
    ;;
*) fail 2 "wrong arguments" "${1-none} is no word of this script" "read the first lines of $0" ;;
esac
