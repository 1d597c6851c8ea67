# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What the scripts of all guests share. They run in busybox's shell, which finds its applets within itself; starting a
# process costs an emulated machine tens of milliseconds, so there are few of them.
# $here is the folder with busybox and the command; descriptor 4 is the port "knem.verdict".

: "${here:?}"

say() {
	echo "$1=$2" >&4
}

# Ends the guest. Without "done" the host knows that something went wrong on the way.
finish() {
	say "done" 1
	poweroff -f
}

# Ends the run with a fault that the host reports: a word, and what was said about it.
fail() {
	say fault "$1"
	say detail "$(echo "$2" | tr '\n' ' ')"
	finish
}

# Sets $found to the device file of the port of that name; a driver makes ports a little after it is loaded.
find_port() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		for sys in /sys/class/virtio-ports/*; do
			found=/dev/${sys##*/}
			[ -e "$sys/name" ] && read -r name <"$sys/name" && [ "$name" = "$1" ] && return
		done
		usleep 50000
	done
	echo "knem: the port $1 did not appear" >/dev/kmsg
	poweroff -f
}

# The modules that the guest's disk and ports need, in the order of their numbers.
load_system() {
	for module in /knem/system/*.ko; do
		[ -e "$module" ] || continue
		insmod "$module" 2>/dev/kmsg || echo "knem: $module could not be loaded" >/dev/kmsg
	done
}

# Mounts the guest's disk in the given folder.
mount_disk() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -b /dev/vda ] && break
		usleep 50000
	done
	error=$(mount -t erofs -o ro /dev/vda "$1" 2>&1) || fail base "$error"
}

# Loads one module with its parameters; what the kernel says about it follows the mark in its log.
load() {
	echo "knem: loading $1" >/dev/kmsg
	error=$(insmod "$@" 2>&1) || fail insmod "$error"
}

unload() {
	echo "knem: unloading $1" >/dev/kmsg
	error=$(rmmod "$1" 2>&1) || fail rmmod "$error"
}

say_booted() {
	read -r uptime _ </proc/uptime
	say booted "$uptime"
}

# Sets $acquired and $released, the kernel's own counts of pinned pages, per-CPU remainders included, which a kernel for
# one CPU does not have.
count_pins() {
	[ -e /proc/sys/vm/stat_refresh ] && cat /proc/sys/vm/stat_refresh >/dev/null
	# shellcheck disable=SC2046 # The words are wanted apart: acquired, its count, released, its count.
	set -- $(grep nr_foll_pin_ /proc/vmstat)
	acquired=${2:-0}
	released=${4:-0}
}

# Pins and taint, under the given word. Pins that are still held get a second to go: the kernel drops some late.
take_stock() {
	count_pins
	tries=0
	while [ "$1" = after ] && [ $((acquired - released)) -ne "$held" ] && [ $tries -lt 10 ]; do
		usleep 100000
		count_pins
		tries=$((tries + 1))
	done
	held=$((acquired - released))
	say "pins.$1.acquired" "$acquired"
	say "pins.$1.released" "$released"
	read -r taint </proc/sys/kernel/tainted
	say "taint.$1" "$taint"
}

# Runs the command, which the given words begin, with its output in a pipe: unlike the port, a pipe can be opened again
# (/dev/stdout). What it leaves running is ended by `end_others`, each kind of guest having its own.
run_command() {
	find_port knem.output
	mkfifo "$here/output"
	cat <"$here/output" >"$found" &
	pump=$!
	exec 5>"$here/output"
	setsid "$@" "$here/command" </dev/null >&5 2>&1 4>&- 5>&-
	status=$?
	end_others
	exec 5>&-
	wait $pump
	say status $status
}
