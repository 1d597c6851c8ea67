# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What the scripts of a guest's trials share. What a trial tells its host begins with "%%"; all else is the program's.

MPI=/opt/mpi

# Prepares the guest: its name, the loopback interface, the device as the packages' rule of udev makes it, a place for ranks to
# meet in.
prepare() {
	busybox hostname knem
	busybox ip link set lo up
	give_device
	for library in mpich openmpi; do make_reader $library; done
	# shellcheck disable=SC3045 # As systemd gives it to sessions where registered memory matters.
	ulimit -l unlimited
}

# A folder for the commands of the page about MPI: there, mpirun and mpiexec are those of one library.
make_reader() {
	[ -e "$MPI/validate.$1" ] || return 0
	mkdir "$MPI/reader.$1"
	ln -s "$MPI/validate.$1" "$MPI/reader.$1/program"
	# Not links: MPICH's looks for its helpers where it is called from.
	for launcher in mpirun mpiexec; do
		printf '#!/bin/sh\nexec /usr/bin/%s.%s "$@"\n' $launcher "$1" >"$MPI/reader.$1/$launcher"
		chmod 0755 "$MPI/reader.$1/$launcher"
	done
}

give_device() {
	[ -e /dev/knem ] || return 0
	chgrp rdma /dev/knem && chmod 0660 /dev/knem
}

# Runs a command as a user with nothing but PATH and HOME in its environment: as USER COMMAND…
as() {
	user=$1
	shift
	setpriv --reuid="$user" --regid="$user" --init-groups \
		env -i PATH="$PATH" HOME=/tmp TMPDIR=/tmp "$@"
}

# One trial: trial NAME USER COMMAND…
trial() {
	echo "%% trial $1"
	shift
	echo "%% before $("$MPI/tally")"
	read -r begin _ </proc/uptime
	user=$1
	shift
	as "$user" timeout -k 5 "${LIMIT:-240}" "$@" 2>&1
	status=$?
	read -r end _ </proc/uptime
	echo "%% after $("$MPI/tally" at-rest)"
	echo "%% status $status $begin $end"
}
