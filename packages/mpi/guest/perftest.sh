#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Runs one of UCX's own benchmarks between two processes over KNEM alone: perftest.sh TEST BYTES ROUNDS
# The two find each other by a port of the loopback interface.

set -eu

both="-x knem -d memory -D zcopy -t $1 -s $2 -n $3 -w 1"
export UCX_TLS=self,posix,knem LD_PRELOAD=/opt/mpi/lib/libuct_knem.so.0

# shellcheck disable=SC2086 # They are several words.
ucx_perftest $both >/dev/null &
server=$!
sleep 1
# shellcheck disable=SC2086
ucx_perftest localhost $both
wait $server
