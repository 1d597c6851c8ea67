#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
#
# Builds knem.ko for a kernel from its headers: with the Rust metadata that they bring, else with metadata that is
# regenerated from the kernel's source package (see metadata.sh) and kept for the next build.
#
#   build.sh KDIR [TARGET]    builds TARGET (modules) with the headers KDIR, /lib/modules/<release>/build for instance
#   build.sh --check KDIR     whether that can work: status 0, or 77 with one line that says what to install
#   build.sh --attempt KDIR   builds for DKMS's hooks: while packages are installed, a failure is no more than a skip
#   build.sh --sweep          removes what was kept for kernels that are gone
#   build.sh --forget         removes all that was kept
#
# KNEM_CACHE    where metadata is kept; /var/cache/knem for root, else $XDG_CACHE_HOME/knem or ~/.cache/knem
# KNEM_SOURCES  where linux-source-X.Y.tar.xz lies; /usr/src
# RUSTC and CC  other compilers than rustc and the one the kernel's configuration names
#
# Exit status: 0 done, 2 wrong arguments, 77 nothing can be built for this kernel here, 128 + n ended by signal n, else
# that of metadata.sh (3 to 10), 11 the cache cannot be used, or that of make.

# shellcheck disable=SC2015 # What follows || never returns.

set -u
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
child='' held=''

. "$here/toolchain.sh"
. "$here/cache.sh"
. "$here/needs.sh"

say() {
    echo "knem: $*"
}

unwritable() {
    fail 11 "the cache cannot be written to" "$1 could not be made" "see above, or name another folder in KNEM_CACHE"
}

usage() {
    fail 2 "wrong arguments" "$1" "read the first lines of $0"
}

# run COMMAND...: in a group of its own, so that all of it ends when we are ended.
run() {
    setsid "$@" &
    child=$!
    wait "$child"
    status=$?
    child=''
    return $status
}

# stop STATUS: ends what runs; the rest is done at the exit.
stop() {
    trap '' INT TERM HUP
    [ -z "$child" ] || { kill -TERM -- "-$child" && wait "$child"; } 2>/dev/null
    exit "$1"
}

tidy() {
    [ -z "$held" ] || let_go "$held"
}

# build HEADERS TARGET
build() {
    needs "$1"
    [ -z "$place" ] || provide "$1" "$place"
    say "building for $release"
    compile "$1" "${place:+$place/kernel}" "$2"
}

# provide HEADERS ENTRY: the tree with the metadata, made if it is not there.
provide() {
    ! whole "$2" || return 0
    hold "$2"
    held=$2
    sweep "$1" "$2"
    whole "$2" || regenerate "$1" "$2"
    let_go "$2"
    held=''
}

regenerate() {
    say "regenerating the Rust metadata of $release, takes about a minute"
    mkdir -p "$2/work/build" || unwritable "$2"
    metadata unpack "$(tarball_of "$1")" "$2/work/source"
    metadata make "$1" "$2/work/source" "$2/work/build" "$2/kernel"
    # On the disk before it is called whole: the power may fail.
    sync -f "$2/kernel" && echo "$1" >"$2/headers" || unwritable "$2"
    say "keeping it in $2"
}

# metadata ARGUMENT...: the make that may have called us is none of its business. After a failure, what is about to be
# removed is told.
metadata() {
    run env -u MAKEFLAGS -u MFLAGS RUSTC="$RUSTC" sh "$here/metadata.sh" "$@" && return
    status=$?
    log=$held/work/build/make.log
    [ ! -s "$log" ] || { say "the end of that log, which is not kept:" && tail -n 30 "$log"; }
    free=$(free_below "$held")
    [ "$free" -ge 100 ] || say "No space left on device: $free MB are free in $held"
    exit $status
}

# compile HEADERS TREE TARGET: one build at a time. The lock is not of this folder where it can be helped: DKMS makes
# the folder anew, when what a killed build has left running may still be at work in it. No tree: the headers are one.
compile() {
    lock=$(store)
    [ -d "$lock" ] || lock=$here
    exec 8<"$lock"
    flock 8
    compilers="CC=$(compiler "$1")"
    [ "$(config "$1" CC_IS_CLANG)" != y ] || compilers=LLVM=1
    run make -C "${2:-$1}" M="$here" RUSTC="$RUSTC" "$compilers" "$3"
}

# attempt KDIR: a failure inside of a package's script would leave the kernel's packages half installed and apt
# unusable, for a module that can be built later.
attempt() {
    sh "$0" "$1" && return
    status=$?
    [ "$status" != 77 ] && [ -n "${DPKG_MAINTSCRIPT_PACKAGE:-}" ] || exit $status
    say "this failed with status $status; it is skipped, so that $DPKG_MAINTSCRIPT_PACKAGE is installed nevertheless"
    exit 77
}

# look_at KDIR: sets `headers`, the folder itself, and `release`, also where there are no headers.
look_at() {
    headers=$(readlink -f "$1" || echo "$1")
    release=$(release_of "$headers")
    [ -n "$release" ] || release=$(echo "$1" | sed 's,/build/*$,,; s,.*/,,; s,^linux-headers-,,')
}

trap tidy EXIT
trap 'stop 130' INT
trap 'stop 143' TERM
trap 'stop 129' HUP

case ${1-}:$# in
--check:2) look_at "$2" && needs "$headers" ;;
--attempt:2) attempt "$2" ;;
--sweep:1) sweep ;;
--forget:1) forget ;;
-*) usage "${1-} with $# arguments" ;;
*:1) look_at "$1" && build "$headers" modules ;;
*:2) look_at "$1" && build "$headers" "$2" ;;
*) usage "a folder with headers is needed" ;;
esac
