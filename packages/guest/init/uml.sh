#!/knem/busybox sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The first process of a guest in User Mode Linux, where folders of the sandbox that it runs in take the place of the
# disk and the ports.

here=/knem
# shellcheck source=parts.sh
. /knem/parts

mount_system() {
	/knem/busybox mount -t proc proc /proc # Without it the shell does not find itself, and so no applet.
	mount -t sysfs sys /sys
	mount -t devtmpfs dev /dev
	cp -a /knem/dev/. /dev
	mount -t tmpfs -o mode=1777 shm /dev/shm
	mount -t tmpfs -o mode=1777 tmp /tmp
}

# Mounts a folder of the sandbox.
mount_host() {
	mount -t hostfs -o "$1" none "$2" || poweroff -f
}

mount_system
mount_host /knem/out /knem/out
exec 4>/knem/out/verdict
mount_host / /base
say_booted
take_stock before
# shellcheck source=/dev/null
. /knem/load
setsid /knem/busybox sh /knem/command </dev/null >/knem/out/output 2>&1 4>&-
say status $?
# shellcheck source=/dev/null
. /knem/unload
take_stock after
finish
