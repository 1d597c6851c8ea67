# SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
# shellcheck shell=sh
#
# Headers with regenerated metadata, kept for the next build. Read by build.sh.
#
# An entry is a folder <release>_<key> with the grafted tree (kernel) and, written last, the path of the headers that it
# was made of (headers): an entry without that is not whole. While an entry is made, it also holds the work. Whoever
# makes or removes an entry holds the lock of its folder; the kernel frees that however its holder ends.

# store: the folder of all entries.
store() {
    home=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}
    [ "$(id -u)" != 0 ] || home=/var/cache
    folder=${KNEM_CACHE:-$home/knem}
    # Trees know their own place: a whole path.
    case $folder in
    /*) echo "$folder/metadata" ;;
    *) echo "$PWD/$folder/metadata" ;;
    esac
}

# entry_of HEADERS: where the tree of these headers is or would be: the headers, the compilers and the recipe name it.
entry_of() {
    key=$({
        echo "$1"
        cat "$1/.config" "$1/Module.symvers" "$1"/include/generated/*.h 2>/dev/null
        "$RUSTC" -vV 2>/dev/null
        "$(compiler "$1")" --version 2>/dev/null
        cat "${here?}/metadata.sh" "$here/toolchain.sh"
    } | sha256sum | cut -c 1-16)
    echo "$(store)/$(release_of "$1")_$key"
}

# whole ENTRY: whether it can be used.
whole() {
    [ -e "$1/headers" ]
}

# hold ENTRY: makes its folder and waits until nobody else makes or removes it. What was half made is of no use.
hold() {
    until
        mkdir -p "$1" || unwritable "$1"
        exec 9<"$1"
        flock --nonblock 9 || { say "waiting for another build for the same kernel" && flock 9; }
        [ -d "$1" ]
    do :; done
    drop_half "$1"
}

# drop_half ENTRY: what an interrupted build has left of an entry that is held.
drop_half() {
    rm -rf "$1/work"
    whole "$1" || rm -rf "$1/kernel" "$1/kernel.half"
}

# let_go ENTRY: gives up the hold; an entry that was not made leaves nothing.
let_go() {
    drop_half "$1"
    rmdir "$1" 2>/dev/null
    exec 9<&-
}

# sweep [HEADERS ENTRY]: removes what interrupted builds have left, and the trees of headers that are gone, or that
# are kept as this entry from now on.
sweep() {
    for one in "$(store)"/*_????????????????; do
        [ -d "$one" ] || continue
        (
            exec 9<"$one" && flock --nonblock 9 || exit 0
            drop_half "$one"
            ! useless "$one" "$@" || rm -rf "$one"
        )
    done
}

# useless ENTRY [HEADERS NEWEST]: whether no later build can need it.
useless() {
    whole "$1" || return 0
    headers=$(cat "$1/headers")
    [ -e "$headers/.config" ] || return 0
    [ "$headers" = "${2-}" ] && [ "$1" != "$3" ]
}

# forget: removes all entries, and the cache's folders if nothing else is in them.
forget() {
    for one in "$(store)"/*_????????????????; do
        [ ! -d "$one" ] || (exec 9<"$one" && flock 9 && rm -rf "$one")
    done
    rmdir "$(store)" "$(dirname "$(store)")" 2>/dev/null || :
}

# free_below FOLDER: how many MB are free where it is or would be.
free_below() {
    folder=$1
    while [ ! -e "$folder" ]; do folder=$(dirname "$folder"); done
    df -Pk "$folder" | awk 'NR == 2 { print int($4 * 1.024 / 1000) }'
}
