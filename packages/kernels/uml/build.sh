#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Builds a User Mode Linux kernel for one CPU: kernel code at native speed, as a program of the machine.
#
#   build.sh unpack TARBALL TREE   the parts of linux-source-X.Y.tar.xz that it takes, into TREE
#   build.sh make TREE             TREE becomes what modules are built against, with the kernel as TREE/linux
#
# Exit status: 0 done, 2 wrong arguments, 3 the configuration does not hold, 4 the kernel's make failed.

set -u
export LC_ALL=C ARCH=um

# Rust in modules; what measures how one process gets at another's memory; the checks of user copies that stock kernels
# have; a root of memory and folders of the machine; DMA engines, which take a bus, and some driver that wants them.
on="EXPERT RUST MODULES MODULE_UNLOAD BLK_DEV_INITRD RD_GZIP HOSTFS TMPFS SHMEM DEVTMPFS CROSS_MEMORY_ATTACH ADVISE_SYSCALLS
KALLSYMS HIGH_RES_TIMERS MEMFD_CREATE FUTEX PREEMPT HARDENED_USERCOPY UNIX VM_EVENT_COUNTERS USERFAULTFD
UML_PCI_OVER_VFIO DMADEVICES PLX_DMA DMA_ENGINE"

# One CPU: with more, every local_irq_save would be a system call of the machine. The rest is only long to build.
off="SMP DEBUG_INFO_BTF MODVERSIONS EXT4_FS XFS_FS BTRFS_FS INET NETDEVICES SOUND MODULE_SIG TRIM_UNUSED_KSYMS WERROR"

# fail STATUS WHAT WHY REMEDY: one line each, to stderr.
fail() {
    printf 'error: %s\n  why: %s\n  what to do: %s\n' "$2" "$3" "$4" >&2
    exit "$1"
}

# unpack TARBALL TREE: documents, tests, device trees and drivers of devices that it cannot have stay out.
unpack() {
    top=$(basename "$1" | sed 's/\.tar.*//')
    mkdir -p "$2" && tar -C "$2" --strip-components=1 --anchored \
        --exclude="$top/Documentation/*/*" --exclude="$top/arch/*/boot/dts/*" --exclude="$top/tools/testing/*" \
        --exclude="$top/drivers/gpu/*.[ch]" --exclude="$top/drivers/media/*.[ch]" --exclude="$top/drivers/net/ethernet/*.[ch]" \
        --exclude="$top/drivers/net/wireless/*.[ch]" --exclude="$top/sound/*.c" -xf "$1" ||
        fail 4 "the kernel's source could not be unpacked into $2" "tar failed, see above" \
            "check that the disk has 2 GB free and that $1 is whole"
}

# kernel_make TREE TARGET...: the kernel's own make; its words go to TREE/make.log.
kernel_make() {
    tree=$1
    shift
    make -s -C "$tree" -j"$(nproc)" "$@" >>"$tree/make.log" 2>&1 </dev/null && return
    tail -n 20 "$tree/make.log" >&2
    fail 4 "the kernel's make $* failed" "its last words are these:" "mend what they name"
}

# configure TREE: what is asked for must survive; what does not betrays a tool that is missing.
configure() {
    kernel_make "$1" x86_64_defconfig
    for name in $on; do "$1/scripts/config" --file "$1/.config" -e "$name"; done
    for name in $off; do "$1/scripts/config" --file "$1/.config" -d "$name"; done
    "$1/scripts/config" --file "$1/.config" -e DEBUG_INFO_NONE -d PREEMPT_LAZY --set-str LOCALVERSION -um
    kernel_make "$1" olddefconfig
    for name in $on; do
        grep -q "^CONFIG_$name=y" "$1/.config" || fail 3 "the kernel's configuration does not hold" \
            "CONFIG_$name is not set" "see what it depends on in the kernel's Kconfig files"
    done
    for name in $off; do
        ! grep -q "^CONFIG_$name=" "$1/.config" || fail 3 "the kernel's configuration does not hold" \
            "CONFIG_$name is set" "see what selects it in the kernel's Kconfig files"
    done
}

# prune TREE: modules are built against headers, scripts, Rust metadata and the list of symbols.
prune() {
    find "$1" -depth -type f \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) -delete
    rm "$1/vmlinux" # The same as linux.
    find "$1"/[a-hj-qt-z]* "$1"/sound "$1"/security "$1"/samples -name '*.c' -delete
}

case ${1-} in
unpack) unpack "$2" "$3" ;;
make)
    configure "$2"
    kernel_make "$2" linux modules
    prune "$2"
    ;;
*) fail 2 "wrong arguments" "${1-none} is no word of this script" "read the first lines of $0" ;;
esac
