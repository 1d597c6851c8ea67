#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
#
# Makes the Rust metadata that a stock kernel's headers lack: regenerated from the kernel's own source with its own
# configuration and the compilers that it was built with, verified to be the same ABI, grafted onto a copy of the
# headers. The result takes `make -C OUTPUT M=<module> modules` for modules in Rust.
#
#   metadata.sh unpack TARBALL SOURCE              the parts of linux-source-X.Y.tar.xz that are needed, into SOURCE
#   metadata.sh check HEADERS                      whether the compilers here are those of the kernel
#   metadata.sh make HEADERS SOURCE BUILD OUTPUT   all of it: check, configure, prepare, verify, graft
#   metadata.sh verify HEADERS BUILD               whether what was regenerated is the stock kernel's ABI
#   metadata.sh graft HEADERS BUILD OUTPUT         headers and metadata into OUTPUT
#
# HEADERS  the flavour's headers (/usr/src/linux-headers-<release>), with the packages that they refer to installed
# SOURCE   the unpacked source of the same package version
# BUILD    a folder for the work, about 240 MB; kept for a look when something fails, the caller removes it
# OUTPUT   the grafted tree, about 180 MB; made last, so it is whole if it exists; used at this path from then on
#
# RUSTC and CC in the environment name other compilers than rustc and the one the kernel's configuration names.
# Exit status: 0 done, 2 wrong arguments, 3 no Rust in this kernel, 4 other compilers, 5 configuration differs,
# 6 Rust exports differ, 7 generated headers differ, 8 auto.conf differs, 9 kernel's make failed, 10 unpacking failed.

# shellcheck disable=SC2015 # What follows || never returns.

set -u
export LC_ALL=C

. "$(dirname "$0")/toolchain.sh"

usage() {
    fail 2 "wrong arguments" "$1" "read the first lines of $0"
}

# need_files FILE...: these must be there before anything begins.
need_files() {
    for file; do
        [ -e "$file" ] || usage "$file does not exist"
    done
}

# unpack TARBALL SOURCE: drivers' C files, documents, tests and device trees are 3/4 of the source and play no part.
unpack() {
    need_files "$1"
    top=$(basename "$1" | sed 's/\.tar.*//')
    mkdir -p "$2" && tar -C "$2" --strip-components=1 --anchored \
        --exclude="$top/Documentation/*/*" --exclude="$top/arch/*/boot/dts/*" --exclude="$top/tools/testing/*" \
        --exclude="$top/drivers/*.c" --exclude="$top/sound/*.c" --exclude="$top/fs/*.c" --exclude="$top/net/*.c" \
        --exclude="$top/drivers/gpu/drm/amd/include/*" -xf "$1" ||
        fail 10 "the kernel's source could not be unpacked into $2" "tar failed, see above" \
            "check that the disk has 1.5 GB free and that $1 is whole"
}

# kernel_make HEADERS SOURCE BUILD TARGET: the kernel's own make, as Debian calls it; its words go to BUILD/make.log.
kernel_make() {
    cc=$(compiler "$1")
    hostcc=$(echo "$cc" | sed 's/^.*-linux-gnu[a-z0-9]*-//')
    arch=$(variable "$1" ARCH)
    set -- "$@" ARCH="$arch" CROSS_COMPILE="$(variable "$1" CROSS_COMPILE)" CC="$cc" HOSTCC="$hostcc" \
        KERNELRELEASE="$(variable "$1" KERNELRELEASE)" RUSTC="$RUSTC" HOSTRUSTC="$RUSTC"
    [ "$arch" != arm64 ] || set -- "$@" CROSS_COMPILE_COMPAT=arm-linux-gnueabihf-
    source=$2 build=$3 target=$4
    shift 4
    make -s -C "$source" O="$build" -j"$(nproc)" "$@" "$target" >>"$build/make.log" 2>&1 </dev/null ||
        fail 9 "the kernel's make $target failed" "$(grep -m 1 -i 'error' "$build/make.log")" \
            "read $build/make.log"
}

# configure HEADERS SOURCE BUILD: the stock configuration must survive; what changes betrays another toolchain.
configure() {
    mkdir -p "$3" && cp "$1/.config" "$3/.config" || usage "$3 cannot be written to"
    kernel_make "$1" "$2" "$3" olddefconfig
    cmp -s "$1/.config" "$3/.config" || fail 5 "the kernel's configuration does not hold with this toolchain" \
        "first difference: $(first_difference "$1/.config" "$3/.config")" \
        "install the toolchain that the kernel was built with"
}

# first_difference STOCK OURS: one line, both sides.
first_difference() {
    diff "$1" "$2" | sed -n '/^</{s/^< /stock /p;q}; /^>/{s/^> /ours /p;q}'
}

# verify HEADERS BUILD: the regenerated crates must export what the stock kernel exports, from the same headers.
verify() {
    need_files "$1/Module.symvers" "$2/include/generated" "$2/include/config/auto.conf"
    verify_exports "$1" "$2"
    verify_headers "$1" "$2"
    cmp -s "$1/include/config/auto.conf" "$2/include/config/auto.conf" || fail 8 \
        "the regenerated auto.conf is not the stock kernel's" \
        "first difference: $(first_difference "$1/include/config/auto.conf" "$2/include/config/auto.conf")" \
        "use the source package of the same version as the headers"
}

verify_exports() {
    sed -nE 's/^EXPORT_SYMBOL_RUST_GPL\((.*)\);/\1/p' "$2"/rust/exports_*_generated.h | sort -u >"$2/exports.ours"
    awk '$2 ~ /^_R|^rust_/ { print $2 }' "$1/Module.symvers" | sort -u >"$2/exports.stock"
    [ -s "$2/exports.ours" ] || fail 6 "no Rust export was regenerated" "$2/rust lists none" "read $2/make.log"
    cmp -s "$2/exports.stock" "$2/exports.ours" || fail 6 "the regenerated Rust exports are not the stock kernel's" \
        "first difference: $(first_difference "$2/exports.stock" "$2/exports.ours")" \
        "use the source package of the same version as the headers and the compilers of the kernel"
}

# Three generated headers tell who built the kernel and when; they differ by nature.
verify_headers() {
    difference=$(diff -rq -x '.*' -x compile.h -x package.h -x utsversion.h \
        "$1/include/generated" "$2/include/generated" | head -n 1)
    [ -z "$difference" ] || fail 7 "the regenerated headers are not the stock kernel's" \
        "first difference: $difference" "use the source package of the same version as the headers"
}

# graft HEADERS BUILD OUTPUT: a copy of the headers that finds itself, with the metadata in it.
graft() {
    need_files "$1/Makefile" "$2/rust"
    half=$3.half
    rm -rf "$half" && mkdir -p "$half/rust" && cp -a "$1/." "$half/" || usage "$3 cannot be written to"
    sed -i "s#^KBUILD_OUTPUT=.*#KBUILD_OUTPUT=$3#" "$half/Makefile"
    relink "$1" "$half" scripts
    relink "$1" "$half" tools
    rm -f "$half/scripts/target.json"
    [ ! -e "$2/scripts/target.json" ] || cp "$2/scripts/target.json" "$half/scripts/"
    cp -p "$2"/rust/*.rmeta "$2"/rust/*.so "$half/rust/" || fail 9 "the Rust metadata is not there" \
        "$2/rust holds no .rmeta and .so" "read $2/make.log"
    rm -rf "$3" && mv "$half" "$3"
}

# relink HEADERS OUTPUT NAME: a relative link becomes a folder of absolute ones, to which files can be added.
relink() {
    [ -L "$1/$3" ] || return 0
    real=$(readlink -f "$1/$3")
    rm "$2/$3" && mkdir "$2/$3" && ln -s "$real"/* "$2/$3/"
}

make_all() {
    need_files "$1/.config" "$2/Makefile"
    check "$1"
    configure "$1" "$2" "$3"
    kernel_make "$1" "$2" "$3" prepare
    verify "$1" "$3"
    graft "$1" "$3" "$4"
}

[ $# -gt 0 ] || usage "a command is needed"
command=$1
shift
case $command:$# in
unpack:2) unpack "$@" ;;
check:1) need_files "$1/.config" && check "$1" ;;
make:4) make_all "$@" ;;
verify:2) verify "$@" ;;
graft:3) graft "$@" ;;
*) usage "$command with $# arguments" ;;
esac
