#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Configures Debian's unchanged source of UCX as Debian does, but with KNEM, which is in PREFIX, or
# found by configure itself if FINDS is yes: configure.sh SOURCE OUT. OUT gets the configured tree.

set -eu

sources=$1
out=$2
: "${PREFIX:?}"

knem=--with-knem="$PREFIX"
[ "${FINDS:?}" = no ] || knem=--with-knem

dpkg-source --no-check -x "$sources"/ucx_*.dsc "$out/tree" >&2
cd "$out/tree"
./autogen.sh >/tmp/log 2>&1 || { tail -n 40 /tmp/log; exit 1; }
# What debian/rules says, which the layout of structures depends on, and KNEM.
./configure --prefix=/usr --libdir="/usr/lib/$(gcc -print-multiarch)" --enable-mt --with-verbs \
	--disable-backtrace-detail --disable-logging --enable-devel-headers --enable-examples --enable-cma "$knem" \
	>/tmp/log 2>&1 || { tail -n 40 /tmp/log; exit 1; }
