#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Configures Debian's unchanged source of Open MPI 4 with KNEM, which is in PREFIX, or found by configure
# itself if FINDS is yes: configure.sh SOURCE OUT. OUT gets the configured tree.

set -eu

sources=$1
out=$2
: "${PREFIX:?}"

knem=--with-knem="$PREFIX"
[ "${FINDS:?}" = no ] || knem=--with-knem

dpkg-source --no-check -x "$sources"/openmpi_*.dsc "$out/tree" >&2
cd "$out/tree"
./configure --prefix=/usr "$knem" --disable-mpi-fortran --disable-oshmem \
	--enable-mca-no-build=io-romio321 --with-hwloc=external --with-libevent=external --with-pmix=internal \
	>/tmp/log 2>&1 || { tail -n 40 /tmp/log; exit 1; }
