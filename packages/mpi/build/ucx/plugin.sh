#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds UCX's transport for KNEM, which Debian's UCX lacks, out of a configured tree: plugin.sh TREE OUT

set -eu

tree=$1
out=$2

cd "$tree"
cflags=$(sed -n 's/^KNEM_CPPFLAGS=//p' config.log | tr -d "'")
# shellcheck disable=SC2086 # Flags are several words.
gcc -shared -fPIC -O2 -DHAVE_CONFIG_H -I. -Isrc $cflags src/uct/sm/scopy/knem/*.c \
	-Wl,-soname,libuct_knem.so.0 -luct -lucs -o "$out/libuct_knem.so.0"
