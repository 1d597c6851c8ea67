#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Configures Debian's unchanged source of Open MPI 5 with KNEM, which is found in PREFIX, as `make install` puts it
# there: configure.sh SOURCE OUT. OUT gets the configured tree.

set -eu

sources=$1
out=$2
: "${PREFIX:?}"

dpkg-source --no-check -x "$sources"/openmpi_*.dsc "$out/tree" >&2
cd "$out/tree"
./configure --prefix=/usr --with-knem="$PREFIX" --disable-mpi-fortran --disable-oshmem --disable-sphinx \
	--with-hwloc=external --with-libevent=external --with-pmix=external --without-prrte \
	>/tmp/log 2>&1 || { tail -n 40 /tmp/log; exit 1; }
