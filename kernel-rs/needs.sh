# SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
# shellcheck shell=sh
#
# Whether the module can be built for a kernel here, and what to install if not. Read by build.sh.

# The oldest series whose Rust is enough for the module.
OLDEST=7.2

# What regenerating metadata takes for a moment, in MB.
ROOM=2500

# What regenerating runs and includes, each with the Debian package that brings it.
REGENERATING="bc:bc bindgen:bindgen bison:bison flex:flex openssl:openssl python3:python3 xz:xz-utils"
INCLUDED="libelf.h:libelf-dev openssl/evp.h:libssl-dev"

# release_of HEADERS: what uname -r says on the kernel.
release_of() {
    cat "$1/include/config/kernel.release" 2>/dev/null || variable "$1" KERNELRELEASE
}

# series_of HEADERS: its first two numbers.
series_of() {
    release_of "$1" | sed 's/^\([0-9]*\.[0-9]*\).*/\1/'
}

# brings_metadata HEADERS: some distributions ship what others leave to be regenerated.
brings_metadata() {
    ls "$1"/rust/*.rmeta >/dev/null 2>&1
}

# skip WHY REMEDY: the one line, and the status that DKMS takes for "not meant for this kernel".
skip() {
    printf 'knem: not built for %s: %s; %s\n' "${release?}" "$1" "$2" >&2
    exit 77
}

# needs HEADERS: ends the script with that line if anything is missing. Sets RUSTC, and `place` to where the tree with
# the metadata is or will be, empty if the headers bring it.
needs() {
    needs_kernel "$1"
    find_rustc "$1"
    place=''
    if brings_metadata "$1"; then
        needs_packages "$(missing_to_build "$1")"
        needs_versions check_rustc "$1"
        return
    fi
    needs_packages "$(missing_to_build "$1" && missing_to_regenerate "$1")"
    needs_versions check "$1"
    place=$(entry_of "$1")
    whole "$place" || { needs_source "$1" && needs_room; }
}

needs_packages() {
    [ -z "$1" ] || skip "something that its build takes is not installed" "$(install "$(echo "$1" | tr '\n' ' ' | sed 's/ $//')")"
}

needs_kernel() {
    [ -e "$1/.config" ] || skip "its headers are not there" "$(install "linux-headers-$release")"
    [ "$(config "$1" RUST)" = y ] || skip "it was built without Rust (CONFIG_RUST)" "$(newer)"
    [ "$(number "$(series_of "$1")" 1000)" -ge "$(number $OLDEST 1000)" ] ||
        skip "it is older than $OLDEST, the first that has enough Rust" "$(newer)"
}

# needs_versions CHECK HEADERS: a check of toolchain.sh, told in one line.
needs_versions() {
    told=$("$1" "$2" 2>&1) || skip "$(echo "$told" | sed -n 's/^error: //p; s/^  why: /(/p' | tr '\n' ' ' | sed 's/ $/)/')" \
        "$(echo "$told" | sed -n 's/^  what to do: //p')"
}

# needs_source HEADERS: where dpkg knows both, the source must be of the headers' version; else the verification tells.
needs_source() {
    package=linux-source-$(series_of "$1")
    version=$(version_of "$1/.config")
    remedy=$(install "$package${version:+=$version}")
    [ -e "$(tarball_of "$1")" ] || skip "its source is not there" "$remedy"
    have=$(version_of "$(tarball_of "$1")")
    [ -z "$version" ] || [ -z "$have" ] || [ "$have" = "$version" ] ||
        skip "the source that is there is of $have, the kernel of $version" "$remedy"
}

# tarball_of HEADERS: the kernel's source.
tarball_of() {
    echo "${KNEM_SOURCES:-/usr/src}/linux-source-$(series_of "$1").tar.xz"
}

# version_of FILE: that of the Debian package that brought it, if one did.
version_of() {
    owner=$(dpkg-query -S "$1" 2>/dev/null | sed -n '1s/: .*//p')
    [ -z "$owner" ] || dpkg-query -W -f '${Version}' "$owner"
}

needs_room() {
    free=$(free_below "$(store)")
    [ "$free" -ge "$ROOM" ] || skip "regenerating its Rust metadata takes $ROOM MB in $(store), $free MB are free" \
        "free some room, or name another folder in KNEM_CACHE"
}

# missing_to_build HEADERS: packages.
missing_to_build() {
    compiler=$(compiler "$1")
    missing_of make:make "$compiler:${compiler##*-linux-gnu-}" "$RUSTC:rustc" pahole:dwarves
}

# missing_to_regenerate HEADERS: further packages.
missing_to_regenerate() {
    # shellcheck disable=SC2086 # Words.
    missing_of $REGENERATING
    [ -e "$("$RUSTC" --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library/core/src/lib.rs" ] || echo rust-src
    for one in $INCLUDED; do
        echo "#include <${one%%:*}>" | "$(compiler "$1")" -E - >/dev/null 2>&1 || echo "${one#*:}"
    done
}

# missing_of PROGRAM:PACKAGE...: the packages whose program is not there.
missing_of() {
    for one; do
        command -v "${one%%:*}" >/dev/null || echo "${one#*:}"
    done
}

# install PACKAGE...: the command, or what to install where there is no apt.
install() {
    if command -v dpkg-query >/dev/null; then
        echo "apt-get install $*"
    else
        echo "install $*" | abroad
    fi
}

# abroad: packages as distributions with RPM call them.
abroad() {
    sed -e 's/bindgen/bindgen-cli/' -e 's/libelf-dev/elfutils-libelf-devel/' -e 's/libssl-dev/openssl-devel/' \
        -e 's/rustc/rust/' -e 's/xz-utils/xz/' -e 's/linux-headers-/kernel-devel-/' \
        -e 's,linux-source-\(.*\),the source of this kernel as /usr/src/linux-source-\1.tar.xz,'
}

# newer: where a kernel with Rust comes from.
newer() {
    suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release 2>/dev/null)
    flavour=$(echo "$release" | sed 's/^[^-]*-\([0-9]*-\)*//')
    case $suite in
    trixie) install -t trixie-backports "linux-image-$flavour" "linux-headers-$flavour" linux-source ;;
    *) echo "use a kernel from $OLDEST on that is built with CONFIG_RUST=y" ;;
    esac
}
