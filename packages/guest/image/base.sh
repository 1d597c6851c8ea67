#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Makes the base image of the guests out of the Debian system that it runs in: base.sh FOLDER [BUSYBOX]
# FOLDER gets base.erofs, and busybox, the static one with which a guest starts. The image holds node with all that
# node loads, busybox under the names of its applets, and two ordinary users.
# BUSYBOX is that of another architecture, in the version that this system has: then the image is one for guests of
# that architecture, and holds no node.
# The same system gives the same bytes. Needs: nodejs, busybox-static, erofs-utils.

set -eu

out=$1
busybox=${2:-$(command -v busybox)}
tree=$(mktemp -d)
chmod 755 "$tree" # Ordinary users must be able to enter it.
trap 'rm -rf "$tree"' EXIT
trap 'exit 130' INT TERM

# The libraries that a program loads, by the names under which it looks for them.
libraries() {
	ldd "$1" | grep -o '/[^ ]*'
}

add_busybox() {
	mkdir -p "$tree/usr/bin" "$tree/usr/lib" "$tree/usr/lib64" "$tree/usr/sbin" "$tree/usr/share"
	cp "$busybox" "$tree/usr/bin/busybox"
	for applet in $(busybox --list); do
		[ -e "$tree/usr/bin/$applet" ] || ln -s busybox "$tree/usr/bin/$applet"
	done
}

add_node() {
	cp /usr/bin/node "$tree/usr/bin/"
	# Debian's node reads parts of itself from here at its start.
	if [ -d /usr/share/nodejs ]; then cp -r /usr/share/nodejs "$tree/usr/share/"; fi
}

add_libraries() {
	for library in $(libraries /usr/bin/node); do
		place=$tree/usr${library#/usr}
		mkdir -p "${place%/*}"
		cp -L "$library" "$place"
	done
	# What C, C++ and Rust programs load and node may not.
	folder=$(dirname "$(libraries /usr/bin/node | grep '/libc\.so\.6$')")
	for name in libgcc_s.so.1 libm.so.6 libdl.so.2 libpthread.so.0 librt.so.1; do
		cp -L "$folder/$name" "$tree/usr${folder#/usr}/$name"
	done
}

add_users() {
	mkdir -p "$tree/etc"
	cat >"$tree/etc/passwd" <<-END
		root:x:0:0:root:/root:/bin/sh
		alice:x:1000:1000::/tmp:/bin/sh
		bob:x:1001:1001::/tmp:/bin/sh
	END
	printf 'root:x:0:\nalice:x:1000:\nbob:x:1001:\n' >"$tree/etc/group"
	echo knem >"$tree/etc/hostname"
}

add_busybox
if [ $# -eq 1 ]; then
	add_node
	add_libraries
fi
add_users
mkfs.erofs --quiet -T0 -U 00000000-0000-0000-0000-000000000000 --all-root \
	"$out/base.erofs" "$tree"
cp "$busybox" "$out/busybox"
