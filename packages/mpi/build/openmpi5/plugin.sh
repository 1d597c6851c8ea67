#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds Open MPI 5's component for copies by KNEM, which Debian's Open MPI lacks, out of a configured tree, by the
# configuration of Debian's library: plugin.sh TREE OUT

set -eu

tree=$1
out=$2
: "${PREFIX:?}"

cd "$tree"
library=/usr/lib/$(gcc -print-multiarch)/openmpi
# shellcheck disable=SC2046 # Flags are several words.
gcc -shared -fPIC -O2 -DOPAL_BUILDING=0 -I"$PREFIX/include" -I"$library/include/openmpi" -I"$library/include" -I. \
	$(pkg-config --cflags pmix) opal/mca/smsc/knem/smsc_knem_component.c opal/mca/smsc/knem/smsc_knem_module.c \
	-L"$library/lib" -lopen-pal -o "$out/mca_smsc_knem.so"
