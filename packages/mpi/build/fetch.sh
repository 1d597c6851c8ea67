#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Fetches Debian's source of a binary package in exactly the version that this system has installed: fetch.sh SOURCE
# BINARY OUT. Only the archive's own files are kept, unchanged; apt has checked them against Debian's keys.

set -eu

source=$1
binary=$2
out=$3
state=$(mktemp -d)
mkdir -p "$state/lists/partial"
sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$state/sources.list"

apt_get() {
	apt-get -q -o "Dir::State::lists=$state/lists" -o "Dir::Etc::sourcelist=$state/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o "Dir::Cache=$state" -o APT::Sandbox::User=root "$@"
}

version=$(dpkg-query --show --showformat '${source:Version}' "$binary")
apt_get update --error-on=any
cd "$out"
apt_get source --download-only "$source=$version"
