#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds Open MPI 4's transport for shared memory, with KNEM, out of a configured tree: plugin.sh TREE OUT
# It must fit Debian's library: its configuration is taken, with what the tree's found out about KNEM.

set -eu

tree=$1
out=$2
: "${PREFIX:?}"

cd "$tree"
found=$(grep '^#define OPAL_BTL_VADER_HAVE_KNEM' opal/include/opal_config.h)
library=/usr/lib/$(gcc -print-multiarch)/openmpi
mkdir /tmp/configured
sed "s/^.*OPAL_BTL_VADER_HAVE_KNEM.*$/$found/" "$library/include/openmpi/opal_config.h" >/tmp/configured/opal_config.h
gcc -shared -fPIC -O2 -I/tmp/configured -I"$PREFIX/include" -I"$library/include/openmpi" -I"$library/include" \
	-I. -Iopal/include -Iopal/mca/btl/vader opal/mca/btl/vader/btl_vader_*.c \
	-L"$library/lib" -lopen-pal -o "$out/mca_btl_vader.so"
