# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What the scripts of trials share in which a rank is killed; after trial.sh.

# Every process of a user, but for the ranks themselves: launchers and their helpers.
launchers() {
	id=$(id -u "$1")
	for process in /proc/[0-9]*; do
		pid=${process#/proc/}
		[ "$(stat -c %u "$process" 2>/dev/null)" = "$id" ] || continue
		[ "$pid" = "$first" ] || [ "$pid" = "$second" ] || echo "$pid"
	done
}

# Waits for both ranks to tell that messages flow; fails if they ended before.
wait_for_ranks() {
	tries=0
	until [ -s "$folder/0.pid" ] && [ -s "$folder/1.pid" ]; do
		tries=$((tries + 1))
		if [ $tries -gt 900 ] || ! kill -0 "$job" 2>/dev/null; then return 1; fi
		sleep 0.1
	done
	read -r first <"$folder/0.pid"
	read -r second <"$folder/1.pid"
}

# Kills one of two ranks while both exchange messages: kill_one NAME USER COMMAND…
# The launcher, which would end the other rank as well, is stopped before. What is told: the module's counts while both
# ran, after the kill, and after the end of all; and how often the other rank's heart beat in the second after the kill.
kill_one() {
	echo "%% trial $1"
	shift
	user=$1
	shift
	folder=/tmp/endure
	rm -rf $folder
	mkdir -m 0777 $folder
	echo "%% before $("$MPI/tally")"
	as "$user" "$@" $folder >$folder/log 2>&1 &
	job=$!
	if wait_for_ranks; then
		stopped=$(launchers "$user")
		# shellcheck disable=SC2086 # Several numbers.
		kill -STOP $stopped
		echo "%% both $("$MPI/tally")"
		kill -KILL "$second"
		sleep 0.5
		beats=$(stat -c %s $folder/0.alive)
		sleep 1
		echo "%% beats $(($(stat -c %s $folder/0.alive) - beats))"
		echo "%% one $("$MPI/tally")"
		# shellcheck disable=SC2086
		kill -KILL "$first" $stopped
		status=0
	else
		status=1
		first=0 second=0
		# shellcheck disable=SC2046
		kill -KILL $(launchers "$user")
	fi
	wait
	cat $folder/log
	echo "%% after $("$MPI/tally" at-rest)"
	echo "%% status $status 0 0"
}
