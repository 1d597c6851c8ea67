#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Makes an image of a whole Debian system to boot it from: system.sh TREE FOLDER [APART]
# FOLDER gets system.erofs, and busybox, the static one with which the guest starts. Left out are what the kernel and
# memory bring, what apt keeps only to be quick, documents, which take room and no part in a boot, and the folder APART.
# Needs: busybox-static, erofs-utils.

set -eu

tree=$1
out=$2
apart=${3:+|$3}

mkfs.erofs --quiet --exclude-regex='^(dev|proc|run|sys|tmp|var/cache/apt|var/lib/apt/lists)/.' \
	--exclude-regex="^(usr/share/(doc|info|locale|man)$apart)/." \
	"$out/system.erofs" "$tree"
cp "$(command -v busybox)" "$out/busybox"
