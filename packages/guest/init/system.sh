#!/knem/busybox sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The first process of a guest that boots a whole system: mounts the system's image with memory over it, so that it may
# write everywhere, puts what is ours into its /run, and leaves the machine to the system's own init.

here=/knem
# shellcheck source=parts.sh
. /knem/parts

mount_kernel() {
	/knem/busybox mount -t proc -o nosuid,nodev,noexec proc /proc # Without it the shell finds no applet.
	mount -t sysfs -o nosuid,nodev,noexec sys /sys
	mount -t devtmpfs -o nosuid,mode=755 dev /dev
	mount -t tmpfs -o nosuid,nodev,mode=755 run /run
}

mount_image() {
	mount_disk /image
	mount -t tmpfs memory /memory
	mkdir /memory/changed /memory/work
	error=$(mount -t overlay -o lowerdir=/image,upperdir=/memory/changed,workdir=/memory/work \
		system /system 2>&1) || fail base "$error"
	# The overlay holds them; nobody else needs to see them.
	umount -l /image
	umount -l /memory
}

# Units in /run come before those of packages and after those of the administrator.
put_ours() {
	mkdir -p /run/knem /run/systemd/system
	cp "$here/busybox" "$here/parts" "$here/attend" "$here/command" /run/knem
	cp "$here"/units/* /run/systemd/system
}

hand_over() {
	for folder in dev run sys proc; do # Without the last one the shell finds no applet any more.
		error=$(mount -o move "/$folder" "/system/$folder" 2>&1) || fail base "$error"
	done
	exec 4>&-
	exec "$here/busybox" switch_root /system /sbin/init
}

mount_kernel
load_system
find_port knem.verdict
exec 4>"$found"
take_stock before
mount_image
put_ours
hand_over
