#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Configures Debian's unchanged source of UCX as Debian does, but with KNEM: configure.sh SOURCE OUT. KNEM is found by
# knem.pc in PREFIX, as `make install` puts it there. OUT gets the configured tree.

set -eu

sources=$1
out=$2
: "${PREFIX:?}"
export PKG_CONFIG_PATH="$PREFIX/share/pkgconfig"

dpkg-source --no-check -x "$sources"/ucx_*.dsc "$out/tree" >&2
cd "$out/tree"
./autogen.sh >/tmp/log 2>&1 || { tail -n 40 /tmp/log; exit 1; }
# What debian/rules says, which the layout of structures depends on, and --with-knem.
./configure --prefix=/usr --libdir="/usr/lib/$(gcc -print-multiarch)" --enable-mt --with-verbs \
	--disable-backtrace-detail --disable-logging --enable-devel-headers --enable-examples --enable-cma --with-knem \
	>/tmp/log 2>&1 || { tail -n 40 /tmp/log; exit 1; }
