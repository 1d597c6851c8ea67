#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-3-Clause
#
# What dkms does not do of itself, for the scripts of the package:
#
#   dkms.sh catch-up   builds for installed kernels that lack the module and can be built for now, and drops what was
#                      kept for kernels that are gone; for when anything came to or went from /usr/src
#
# It never fails: what cannot be built is told by dkms.

set -u
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$here/../dkms.conf")

# lacking: the installed kernels with headers that dkms has not built for.
lacking() {
    for build in /lib/modules/*/build; do
        [ -e "$build/include" ] || continue
        kernel=$(basename "$(dirname "$build")")
        dkms status -m knem -v "$version" -k "$kernel" | grep -q ': installed' || echo "$kernel"
    done
}

catch_up() {
    sh "$here/build.sh" --sweep
    for kernel in $(lacking); do
        sh "$here/build.sh" --check "/lib/modules/$kernel/build" 2>/dev/null || continue
        dkms install -m knem -v "$version" -k "$kernel" || :
    done
}

case ${1-}:$# in
catch-up:1) catch_up ;;
*) sed -n '3,9s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac
