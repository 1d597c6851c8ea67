# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# What a unit of ours runs in a booted system: the command, and then the end of the guest. With a word, it only tells
# why there will be no command: attend.sh [FAULT]

here=/run/knem
# shellcheck source=parts.sh
. /run/knem/parts

# The control group that systemd gave us, whose inner groups are ours.
read -r group </proc/self/cgroup
group=/sys/fs/cgroup${group#0::}

# Kills what the command left running in the control group that it has for itself.
end_others() {
	echo 1 >"$group/command/cgroup.kill"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -q '^populated 0' "$group/command/cgroup.events" && return
		usleep 100000
	done
	fail leftover "$(cat "$group/command/cgroup.procs")"
}

find_port knem.verdict
exec 4>"$found"
[ $# -gt 0 ] && fail "$1" "$(systemctl --failed --plain --no-legend 2>&1)"
say_booted
mkdir "$group/command"
held=0 # Nothing was, when stock was taken before the system began.
# shellcheck disable=SC2016 # That shell is the system's own, as are the programs that the command finds.
run_command /bin/sh -c 'echo 0 >"$0/cgroup.procs" && exec /bin/sh "$1"' "$group/command"
take_stock after
finish
