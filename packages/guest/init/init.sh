#!/knem/busybox sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The first process of a guest: mounts what programs expect, loads the modules, runs the command, unloads the
# modules, and tells the host what happened on the port "knem.verdict", one key=value a line, "done=1" last.
# The command's output goes to the port "knem.output"; the console belongs to the kernel alone.

here=/knem
# shellcheck source=parts.sh
. /knem/parts

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

# Programs and libraries come from the base image; everything else is the guest's own and may be written.
mount_base() {
	mount_disk /base
	# What the job brings itself stays.
	ln -s /base/etc/* /etc 2>/dev/null
}

# Kills what the command left running, or it would hold modules and the output. What has no parent but the kernel's
# own first thread (2) is of the kernel.
end_others() {
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		again=
		for pid in $(ps -o pid,ppid,stat | awk '$1 > 2 && $2 != 2 && $3 !~ /^Z/ { print $1 }'); do
			[ "$pid" = "$pump" ] && continue
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
mount_base
say_booted
take_stock before
# shellcheck source=/dev/null
. /knem/load
run_command /knem/busybox sh
# shellcheck source=/dev/null
. /knem/unload
take_stock after
finish
