#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Compiles the programs, each for every MPI that this system has: programs.sh SOURCES OUT

set -eu

sources=$1
out=$2
: "${PREFIX:?}"
flags="-std=gnu11 -O2 -Wall -Wextra -Werror -I$PREFIX/include"

for program in tally legacy; do
	# shellcheck disable=SC2086 # Flags are several words.
	gcc $flags "$sources/$program.c" -o "$out/$program"
done
for mpi in openmpi mpich; do
	command -v "mpicc.$mpi" >/dev/null || continue
	# shellcheck disable=SC2086
	"mpicc.$mpi" $flags "$sources"/validate.c "$sources"/messages.c "$sources"/datatypes.c "$sources"/onesided.c \
		"$sources"/collectives.c -o "$out/validate.$mpi"
	for program in endure pingpong; do
		# shellcheck disable=SC2086
		"mpicc.$mpi" $flags "$sources/$program.c" -o "$out/$program.$mpi"
	done
done
