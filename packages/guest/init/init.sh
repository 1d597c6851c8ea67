#!/knem/busybox sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The first process of a guest: mounts what programs expect, loads the modules, runs the command, unloads the
# modules, and tells the host what happened on the port "knem.verdict", one key=value a line, "done=1" last.
# The command's output goes to the port "knem.output"; the console belongs to the kernel alone.
#
# Every command here is an applet that busybox's shell runs within itself; none is looked up. Starting a process costs
# an emulated machine tens of milliseconds, so there are few of them.

say() {
	echo "$1=$2" >&4
}

# Ends the guest. Without "done" the host knows that something went wrong on the way.
finish() {
	say done 1
	poweroff -f
}

# Ends the run with a fault that the host reports: a word, and what was said about it.
fail() {
	say fault "$1"
	say detail "$(echo "$2" | tr '\n' ' ')"
	finish
}

# The archive holds the folders, and in /knem/dev the links that belong into /dev.
mount_system() {
	/knem/busybox mount -t proc proc /proc # Without it the shell does not find itself, and so no applet.
	mount -t sysfs sys /sys
	mount -t devtmpfs dev /dev
	cp -a /knem/dev/. /dev
	mount -t devpts devpts /dev/pts
	mount -t tmpfs -o mode=1777 shm /dev/shm
	# Absent from some kernels; nothing here depends on it.
	mount -t debugfs debug /sys/kernel/debug 2>/dev/null
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

# The modules that the base image needs, in the order of their numbers.
load_system() {
	for module in /knem/system/*.ko; do
		[ -e "$module" ] || continue
		insmod "$module" 2>/dev/kmsg || echo "knem: $module could not be loaded" >/dev/kmsg
	done
}

# Programs and libraries come from the base image; everything else is the guest's own and may be written.
mount_base() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ -b /dev/vda ] && break
		usleep 50000
	done
	error=$(mount -t erofs -o ro /dev/vda /base 2>&1) || fail base "$error"
	# What the job brings itself stays.
	ln -s /base/etc/* /etc 2>/dev/null
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

# Sets $acquired and $released, the kernel's own counts of pinned pages, per-CPU remainders included.
count_pins() {
	cat /proc/sys/vm/stat_refresh >/dev/null
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

# Runs the command with its output in a pipe: unlike the port, a pipe can be opened again (/dev/stdout).
run_command() {
	mkfifo /knem/output
	cat </knem/output >"$output" &
	pump=$!
	exec 5>/knem/output
	setsid /knem/busybox sh /knem/command </dev/null >&5 2>&1 4>&- 5>&-
	status=$?
	end_others
	exec 5>&-
	wait $pump
	say status $status
}

# Kills what the command left running, or it would hold modules and the output. What has no parent but the kernel's
# own first thread (2) is of the kernel.
end_others() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		again=
		for pid in $(ps -o pid,ppid,stat | awk '$1 > 2 && $2 != 2 && $3 !~ /^Z/ { print $1 }'); do
			[ "$pid" = $pump ] && continue
			kill -KILL "$pid" 2>/dev/null && again=yes
		done
		[ $again ] || return
		usleep 100000
	done
	fail leftover "$(ps -o pid,stat,args)"
}

mount_system
load_system
find_port knem.verdict
exec 4>"$found"
find_port knem.output
output=$found
mount_base
read -r uptime _ </proc/uptime
say booted "$uptime"
take_stock before
. /knem/load
run_command
. /knem/unload
take_stock after
finish
